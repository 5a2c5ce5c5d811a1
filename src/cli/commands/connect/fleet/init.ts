import { Command } from 'clipanion';
import { initFleet } from '../../../../workers/commands/fleet/init.ts';
import { FleetInit } from '../../../../workers/commands/fleet/schema.ts';
import { PlainCommand } from '../../../grammar/command.ts';
import { argument, list } from '../../../grammar/option.ts';
import { passwordFrom } from '../../../workers/terminal/password.ts';

export default class Init extends PlainCommand<FleetInit> {
  static override paths = [['fleet', 'init']];
  static override report = FleetInit;
  static override usesHome = false;
  static override usage = Command.Usage({
    category: 'Connect',
    description: 'Set up a PostgreSQL database for several machines',
    details:
      'Creates the schema `agentpool`, or migrates it to the current format, and lets the named users of the database join. Needed if the machines connect with users who may not create a schema; otherwise the first `fleet join` does it. See docs/fleet.md.',
    examples: [
      [
        'Set it up for two machines, each with a user of its own',
        '$0 fleet init "postgresql://owner@db.example.org/pool?sslmode=verify-full" --member laptop --member desk',
      ],
    ],
  });

  url = argument('URL', { required: true });
  members = list('--member', 'a user of the database who may join; repeatable');

  async work(): Promise<undefined> {
    const { env } = this.context;
    const made = await initFleet(this.url, this.members, { env, ask: passwordFrom(this) });
    this.print(made, ({ address, format, created, migrated_from, members, next_command }) => {
      const before =
        migrated_from === null ? 'has the current tables' : `had tables of format ${migrated_from}`;
      const what = created ? `the fleet tables were created (format ${format})` : `it ${before}`;
      return [
        `${address}: ${what}`,
        ...(members.length > 0 ? [`  may join  ${members.join(', ')}`] : []),
        `  next      ${next_command}`,
      ].join('\n');
    });
  }
}
