import { Command } from 'clipanion';
import { AgentPoolError } from '../../../../lib/errors.ts';
import { bytes } from '../../../../lib/text/bytes.ts';
import { shell } from '../../../../lib/text/shell.ts';
import { FleetShare } from '../../../../workers/commands/fleet/schema.ts';
import { shareArtifacts } from '../../../../workers/commands/fleet/share.ts';
import type { AppContext } from '../../../../workers/core/context.ts';
import { sessionNamed } from '../../../../workers/core/named-session.ts';
import { LedgerCommand } from '../../../grammar/ledger-command.ts';
import { flag, worker } from '../../../grammar/option.ts';

export default class Share extends LedgerCommand<FleetShare> {
  static override paths = [['fleet', 'share']];
  static override report = FleetShare;
  static override usage = Command.Usage({
    category: 'Connect',
    description: "Share a worker's patch or transcript with the other machines",
    details:
      'Puts the files into the database, where every machine of the fleet can fetch them. A patch is shared exactly as it is; one with what looks like a secret is refused, unless `--exact` is given.',
    examples: [['Share the changes of the newest worker', '$0 fleet share @last --patch']],
  });

  session = worker();
  patch = flag('--patch', 'the changes of the worker as of now');
  transcript = flag('--transcript', 'what it printed, redacted as always');
  exact = flag('--exact', 'share a patch also if it has what looks like a secret');

  async run(app: AppContext): Promise<undefined> {
    const kinds = [
      ...(this.patch ? (['patch'] as const) : []),
      ...(this.transcript ? (['transcript'] as const) : []),
    ];
    if (kinds.length === 0)
      throw new AgentPoolError(
        'INVALID_REQUEST',
        'What is to be shared? Name it: --patch, --transcript or both.',
        {
          example: shell`agentpool fleet share ${this.session} --patch`,
        },
      );
    const session = sessionNamed(app, this.session);
    this.print(await shareArtifacts(app, session, { kinds, exact: this.exact }), ({ shared }) =>
      [
        ...shared.map(({ kind, bytes: size }) => `shared the ${kind} of ${session.id} (${bytes(size)})`),
        `  on the others  ${shell`agentpool fleet fetch ${session.id} --kind ${kinds[0] ?? 'patch'}`}`,
      ].join('\n'),
    );
  }
}
