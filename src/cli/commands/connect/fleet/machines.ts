import { Command } from 'clipanion';
import { machineTable, plainMachines } from '../../../../report/views/fleet/status.ts';
import { FleetMachines } from '../../../../workers/commands/fleet/schema.ts';
import { fleetStatus } from '../../../../workers/commands/fleet/status.ts';
import type { AppContext } from '../../../../workers/core/context.ts';
import { LedgerCommand } from '../../../grammar/ledger-command.ts';
import { flag, plainFlag } from '../../../grammar/option.ts';

export default class Machines extends LedgerCommand<FleetMachines> {
  static override paths = [['fleet', 'machines']];
  static override report = FleetMachines;
  static override usage = Command.Usage({
    category: 'Connect',
    description: 'List the machines of the fleet',
    examples: [
      ['List them', '$0 fleet machines'],
      ['List also those that have left', '$0 fleet machines --all'],
    ],
  });

  all = flag('--all', 'include machines that have left');
  override plain = plainFlag('one machine');
  protected override reconciles = false;

  async run(app: AppContext): Promise<undefined> {
    const { stdout } = this.context;
    const { machines } = await fleetStatus(app);
    const listed = machines.filter(({ has_left }) => this.all || !has_left);
    await this.show(
      { machines: listed },
      () => machineTable(listed, app.given().now, stdout),
      () => plainMachines(listed),
    );
  }
}
