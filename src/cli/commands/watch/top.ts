import type { ReadStream, WriteStream } from 'node:tty';
import { Command } from 'clipanion';
import { AgentPoolError } from '../../../lib/errors.ts';
import { isTerminal } from '../../../report/text/style.ts';
import { PlainCommand } from '../../grammar/command.ts';
import { flag, oneOf, value } from '../../grammar/option.ts';

export default class Top extends PlainCommand {
  static override paths = [['top']];
  static override report = null;
  static override usage = Command.Usage({
    category: 'Watch',
    description: 'Watch and steer every worker on one screen',
    details:
      'Shows limits, workers, and the selected worker: its screen, question, changes and history. Press ? for all keys. The workers go on when you quit. NO_COLOR is respected.',
    examples: [
      ['Open the dashboard', '$0 top'],
      ['Choose colours for a light background', '$0 top --background light'],
    ],
  });

  background = value('--background', 'colours for a dark or a light terminal (asks the terminal)', {
    takes: oneOf(['dark', 'light']),
  });
  screenReader = flag('--screen-reader', 'plain lines in reading order, for a screen reader');

  async work(): Promise<number> {
    const { env, stdin, stdout } = this.context;
    if (!isTerminal(stdout) || !isTerminal(stdin as unknown as WriteStream) || env.TERM === 'dumb')
      throw new AgentPoolError(
        'USAGE',
        'The dashboard needs a terminal that moves its cursor, and its output or its input is something else. `agentpool status` prints the same once.',
        { example: 'agentpool status' },
      );
    const { top } = await import('../../../tui/top/main.ts');
    return top({
      env,
      stdin: stdin as ReadStream,
      stdout: stdout as WriteStream,
      background: this.background ?? null,
      screenReader: this.screenReader || env.INK_SCREEN_READER === 'true',
    });
  }
}
