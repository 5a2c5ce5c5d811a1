import { Command } from 'clipanion';
import { joinFleet } from '../../../../workers/commands/fleet/join.ts';
import { FleetJoin } from '../../../../workers/commands/fleet/schema.ts';
import type { AppContext } from '../../../../workers/core/context.ts';
import { LedgerCommand } from '../../../grammar/ledger-command.ts';
import { argument, flag, value } from '../../../grammar/option.ts';
import { passwordFrom } from '../../../workers/terminal/password.ts';

export default class Join extends LedgerCommand<FleetJoin> {
  static override paths = [['fleet', 'join']];
  static override report = FleetJoin;
  static override usage = Command.Usage({
    category: 'Connect',
    description: 'Share the ledger of this machine with your other machines',
    details:
      "From then on the watcher ships this machine's events to a PostgreSQL database and fetches those of the others. The password comes from PGPASSWORD, a password file or a prompt, and is never stored. For a database on another machine, the URL needs `sslmode=verify-full`. Run it again with another name or URL to change them.",
    examples: [
      ['Join a fleet', '$0 fleet join "postgresql://laptop@db.example.org/pool?sslmode=verify-full"'],
      ['Under a name of your own', '$0 fleet join postgresql://localhost/pool --name desk'],
    ],
  });

  url = argument('URL', { required: true });
  name = value('--name', 'the name of this machine in the fleet (that of the host)');
  moved = flag('--moved', 'the files of this machine were moved here from another place');

  protected override reconciles = false;

  async run(app: AppContext): Promise<undefined> {
    const { url, name = null, moved } = this;
    const joined = await joinFleet(app, { url, name, moved }, passwordFrom(this));
    this.print(joined, ({ address, changed, needs_password_file, ...machine }) =>
      [
        `${machine.name} ${changed ? 'is part of' : 'was part of'} the fleet at ${address}`,
        ...(needs_password_file
          ? [
              '  password    the watcher reads it only from PGPASSWORD, or ~/.pgpass with mode 0600: put it there',
            ]
          : []),
        '  the others  agentpool fleet status',
      ].join('\n'),
    );
  }
}
