import { Command } from 'clipanion';
import { Termination, terminateWorker } from '../../workers/commands/terminate.ts';
import type { AppContext } from '../../workers/core/context.ts';
import { sessionNamed } from '../../workers/core/named-session.ts';
import { LedgerCommand } from '../grammar/command.ts';
import { Option } from '../grammar/option.ts';

export default class Terminate extends LedgerCommand<Termination> {
  static override paths = [['terminate']];
  static override report = Termination;
  static override usage = Command.Usage({
    category: 'Take the result',
    description: 'end a worker and everything it started',
    details:
      'Also what left its process group or ignores HUP and TERM. What it made stays; a worktree stays too.',
    examples: [
      ['End the newest worker', '$0 terminate @last'],
      ['See what would be ended', '$0 terminate @last --dry-run'],
    ],
  });

  session = Option.String({ required: true, name: 'SESSION' });
  dryRun = Option.Boolean('--dry-run', false, { description: 'say what would be ended' });

  async run(app: AppContext): Promise<undefined> {
    const session = sessionNamed(app, this.session);
    this.print(await terminateWorker(app, session, { dryRun: this.dryRun }), terminated);
  }
}

function terminated({ session_id, state, already_terminated, dry_run, ended }: Termination): string {
  if (already_terminated) return `${session_id} had ended already (${state})`;
  const processes = ended.map(
    ({ pid, command, signal }) => `  ${signal.padEnd(7)} ${pid}  ${command.slice(0, 60)}`,
  );
  const said = dry_run ? `would end ${session_id} and` : `ended ${session_id} (${state}) and`;
  return [`${said} ${ended.length} ${ended.length === 1 ? 'process' : 'processes'}`, ...processes].join('\n');
}
