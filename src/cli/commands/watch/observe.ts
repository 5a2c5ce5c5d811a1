import { Command } from 'clipanion';
import { Observed } from '../../../workers/commands/observe.ts';
import type { AppContext } from '../../../workers/core/context.ts';
import { details } from '../../../workers/core/details.ts';
import { LedgerCommand } from '../../grammar/ledger-command.ts';
import { list, pagerFlag, value, wholeNumber, worker } from '../../grammar/option.ts';
import { run } from '../../workers/observe.ts';

export default class Observe extends LedgerCommand<Observed> {
  static override paths = [['observe']];
  static override report = Observed;
  static override usage = Command.Usage({
    category: 'Watch',
    description: "Show a worker's state, or wait for a change",
    details: `
      Answers at once. With --wait-for or --timeout it waits for what --wait-for names: events and states, separated by commas; \`any\` is every state that needs you. Without --timeout it waits without end; when a timeout passes, the exit code is 124. Whatever happened since the worker last received a message counts, so nothing is missed between two calls. Ctrl-C stops the wait (exit code 130); the worker keeps running. The worker's own text is untrusted and left out unless --detail asks for it.
    `,
    examples: [
      ['Wait until it needs you', '$0 observe @last --wait-for any --timeout 60'],
      [
        'Wait until it has finished, and read what it wrote',
        '$0 observe @last --wait-for completed --timeout 300 --detail full',
      ],
    ],
  });

  session = worker();
  waitFor = list('--wait-for', 'events or states to wait for, separated by commas');
  timeout = value('--timeout', 'how many seconds to wait', { takes: wholeNumber() });
  detail = value('--detail', `how much to print: ${details.join(', ')}`, { initially: 'summary' });
  maxLines = value('--max-lines', "how many lines of the worker's text", { takes: wholeNumber(1) });
  output = value('--output,--output-file', 'also write the answer to this file');
  override pager = pagerFlag();

  run(app: AppContext): Promise<number | undefined> {
    return run(this, this, app);
  }
}
