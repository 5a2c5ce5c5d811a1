import { Command } from 'clipanion';
import { fleetWords, plainMachines } from '../../../../report/views/fleet/status.ts';
import { FleetStatus } from '../../../../workers/commands/fleet/schema.ts';
import { fleetStatus } from '../../../../workers/commands/fleet/status.ts';
import type { AppContext } from '../../../../workers/core/context.ts';
import { LedgerCommand } from '../../../grammar/ledger-command.ts';
import { plainFlag } from '../../../grammar/option.ts';

export default class Status extends LedgerCommand<FleetStatus> {
  static override paths = [['fleet', 'status']];
  static override report = FleetStatus;
  static override usage = Command.Usage({
    category: 'Connect',
    description: 'Show the machines of the fleet, and whether they are connected',
    details:
      'Asks the database; where it does not answer, shows what was last known. LAG counts the events that are still to be shared, or to be fetched.',
    examples: [['Show it', '$0 fleet status']],
  });

  override plain = plainFlag('one machine');
  protected override reconciles = false;

  async run(app: AppContext): Promise<undefined> {
    const { stdout } = this.context;
    await this.show(
      await fleetStatus(app),
      (status) => fleetWords(status, app.given().now, stdout),
      ({ machines }) => plainMachines(machines),
    );
  }
}
