import { Command } from 'clipanion';
import { AgentPoolError } from '../../lib/errors.ts';
import { writePrivateFile } from '../../lib/files/atomic-file.ts';
import { didYouMean } from '../../lib/suggest.ts';
import { observedLines } from '../../report/views/observed.ts';
import { describe, Observed } from '../../workers/commands/observe.ts';
import type { AppContext } from '../../workers/core/context.ts';
import { type Detail, details } from '../../workers/core/details.ts';
import { sessionNamed } from '../../workers/core/named-session.ts';
import { awaitedBy } from '../../workers/sight/wait-for.ts';
import { LedgerCommand } from '../grammar/command.ts';
import { Option, pagerOption, wholeNumber } from '../grammar/option.ts';
import { INTERRUPTED, waitInView } from './shared/wait-in-view.ts';

export default class Observe extends LedgerCommand<Observed> {
  static override paths = [['observe']];
  static override report = Observed;
  static override usage = Command.Usage({
    category: 'See how it goes',
    description: 'see how a worker stands, or wait until something happens',
    details: `
      Without --timeout it answers at once. With one it waits for what --wait-for names (events and states, separated
      by commas; \`any\` is everything that needs somebody). What happened since the worker was last given something
      counts, so nothing is missed between two calls. Ctrl-C stops the waiting (exit code 130) and leaves the worker at
      work. The worker's own text is untrusted and left out unless asked for.
    `,
    examples: [
      ['Wait until it needs you', '$0 observe @last --wait-for any --timeout 60'],
      [
        'Wait for its end and see what it wrote',
        '$0 observe @last --wait-for completed --timeout 300 --detail full',
      ],
    ],
  });

  session = Option.String({ required: true, name: 'SESSION' });
  waitFor = Option.Array('--wait-for', [], { description: 'events or states, separated by commas' });
  timeout = Option.String('--timeout', { description: 'seconds to wait', validator: wholeNumber() });
  detail = Option.String('--detail', 'summary', { description: details.join(', ') });
  maxLines = Option.String('--max-lines', {
    description: "lines of the worker's text",
    validator: wholeNumber(1),
  });
  output = Option.String('--output,--output-file', { description: 'write what is printed to this file too' });
  override pager = pagerOption();

  async run(app: AppContext): Promise<number | undefined> {
    const awaited = awaitedBy(this.waitFor);
    const detail = detailNamed(this.detail);
    const named = sessionNamed(app, this.session);
    const seconds = this.timeout ?? (this.waitFor.length > 0 ? 60 : 0);
    const { seen, interrupted } = await waitInView(this, app, named, { awaited, seconds });
    const session = sessionNamed(app, named.id);
    const observed = describe(session, seen, { detail, maxLines: this.maxLines ?? null });
    if (this.output) await writePrivateFile(this.output, `${JSON.stringify(observed, null, 2)}\n`);
    if (this.json || !interrupted)
      await this.show(observed, (each) => observedLines(each, session, this.context.stdout).join('\n'));
    return interrupted ? INTERRUPTED : undefined;
  }
}

/** INVALID_DETAIL names the three words. */
export function detailNamed(word: string): Detail {
  const found = details.find((detail) => detail === word);
  if (found) return found;
  throw new AgentPoolError(
    'INVALID_DETAIL',
    `There is no detail ${word}; it is one of ${details.join(', ')}.${didYouMean(word, details)}`,
    {
      detail: word,
      allowed: [...details],
      example: 'agentpool observe @last --detail excerpt',
    },
  );
}
