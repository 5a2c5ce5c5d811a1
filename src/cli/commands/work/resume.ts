import { Command } from 'clipanion';
import { ResumeReport } from '../../../workers/commands/resume/schema.ts';
import type { AppContext } from '../../../workers/core/context.ts';
import { LedgerCommand } from '../../grammar/ledger-command.ts';
import { flag, optionalWorker, value } from '../../grammar/option.ts';
import { run } from '../../workers/resume.ts';

export default class Resume extends LedgerCommand<ResumeReport> {
  static override paths = [['resume']];
  static override report = ResumeReport;
  static override usage = Command.Usage({
    category: 'Work',
    description: 'Resume a worker whose process is gone',
    details: `
      Starts another process for the same worker: in the conversation of its agent, in the same folder or worktree, with the same model, account and isolation. It keeps its id, and its run number increases. Without a task it gets the word \`continue\` if it was lost in the middle of a turn; otherwise it waits at its prompt. An agent that cannot continue its conversation starts another one with a brief of the work, and the output says so. A worker that still runs is refused: send it a message.
    `,
    examples: [
      ['See what was lost in a restart of the machine', '$0 resume --lost --dry-run'],
      ['Resume all of them', '$0 resume --lost'],
      ['Give an ended worker more work', '$0 resume @last --task "Now fix the tests"'],
    ],
  });

  session = optionalWorker();
  lost = flag('--lost', 'resume every lost worker');
  dryRun = flag('--dry-run', 'show what would be resumed, and start nothing');
  task = value('--task', 'what to do next');
  taskFile = value('--task-file', 'read the task from this file; - is standard input');
  taskStdin = flag('--task-stdin,--stdin', 'read the task from standard input');
  conversation = value('--conversation', "the id of the agent's conversation, where several fit");

  run(app: AppContext): Promise<number | undefined> {
    return run(this, this, app);
  }
}
