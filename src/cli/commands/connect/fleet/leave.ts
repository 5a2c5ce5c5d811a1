import { Command } from 'clipanion';
import { leaveFleet } from '../../../../workers/commands/fleet/leave.ts';
import { FleetLeave } from '../../../../workers/commands/fleet/schema.ts';
import type { AppContext } from '../../../../workers/core/context.ts';
import { LedgerCommand } from '../../../grammar/ledger-command.ts';

export default class Leave extends LedgerCommand<FleetLeave> {
  static override paths = [['fleet', 'leave']];
  static override report = FleetLeave;
  static override usage = Command.Usage({
    category: 'Connect',
    description: 'Stop sharing the ledger of this machine',
    details:
      'Removes what was fetched of the other machines. What this machine has shared stays in the database.',
    examples: [['Leave', '$0 fleet leave']],
  });

  protected override reconciles = false;

  async run(app: AppContext): Promise<undefined> {
    this.print(await leaveFleet(app), ({ name, address, recorded_there }) => {
      const unsaid = recorded_there ? '' : '. The database does not answer, and still lists it';
      return `${name} has left the fleet at ${address}${unsaid}`;
    });
  }
}
