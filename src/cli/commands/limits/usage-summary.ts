import { Command } from 'clipanion';
import { changed } from '../../../events/store/follow.ts';
import { monotonic } from '../../../lib/time/monotonic.ts';
import { ERASE_SCREEN } from '../../../report/text/cursor.ts';
import { columnsOf, hasColor, isTerminal } from '../../../report/text/style.ts';
import { AskingView } from '../../../report/views/limits/asking-view.ts';
import { capacityRows, renderCapacity } from '../../../report/views/limits/limits.ts';
import { type Capacity, UsageSummary } from '../../../usage/capacity/schema.ts';
import type { SummaryOptions } from '../../../usage/capacity/summary.ts';
import type { AppContext } from '../../../workers/core/context.ts';
import { usageSummaryOf } from '../../../workers/queries/usage.ts';
import { flag, value, wholeNumber } from '../../grammar/option.ts';
import { UsageCommand } from '../shared/usage-options.ts';

/** Ages and times until a reset change even if nothing is recorded. */
const REDRAW_MS = 15_000;
/** How often --watch --refresh asks the providers if the policy sets no interval. */
const ASK_SECONDS = 60;
const TIMEOUT_SECONDS = 10;

export default class UsageSummaryCommand extends UsageCommand<UsageSummary> {
  static override paths = [['usage-summary']];
  static override report = UsageSummary;
  static override usage = Command.Usage({
    category: 'Limits',
    description: 'Show what is left of each subscription, and what is usable',
    details: `
      Reads the ledger, and in a fleet those of the other machines: the newest figures of an account count, and \`machine\` names where they are from if that is another one. Providers are asked only with --refresh, or when the answers are older than policy.usage_auto_refresh_after_seconds. An answer that is not there within --timeout seconds is replaced by the last known figures, and \`partial\` is true. You choose whom to use: nothing here is a recommendation.
    `,
    examples: [
      ['Show what is recorded', '$0 usage-summary'],
      ['Ask every provider first', '$0 usage-summary --refresh'],
      ['Keep it on the screen', '$0 usage-summary --watch --refresh'],
    ],
  });

  refresh = flag('--refresh', 'ask the providers first');
  includeFakes = flag('--include-fakes', 'count and show our own fake agents, too');
  timeout = value('--timeout', 'how many seconds the answers may take (10)', { takes: wholeNumber(1) });
  watch = flag('--watch', 'redraw whenever something changes');

  async run(app: AppContext): Promise<undefined> {
    if (this.watch) return this.#watch(app);
    const { stderr } = this.context;
    const view =
      this.refresh && !this.json ? new AskingView(stderr, (answered) => this.#rows(answered)) : null;
    try {
      const summary = await this.#summary(app, this.refresh, view);
      view?.close();
      await this.#show(summary);
    } finally {
      view?.close();
    }
  }

  #summary(app: AppContext, refresh: boolean, view: AskingView | null = null): Promise<UsageSummary> {
    const onProgress: SummaryOptions['onProgress'] = (answered, waiting) => view?.answered(answered, waiting);
    const until = monotonic() + (this.timeout ?? TIMEOUT_SECONDS) * 1000;
    return usageSummaryOf(app, {
      ...this.request(app),
      refresh,
      until,
      includeFakes: this.includeFakes,
      ...(view ? { onProgress } : {}),
    });
  }

  /** The blocks of the providers that have answered so far. */
  #rows(answered: Capacity): string[] {
    const { stderr } = this.context;
    const options = { columns: columnsOf(stderr) - 1, now: new Date(), color: hasColor(stderr) };
    return capacityRows(answered, options);
  }

  #show(summary: UsageSummary): Promise<void> {
    return this.show(summary, (reported) => this.#human(reported));
  }

  #human(summary: UsageSummary): string {
    const { stdout } = this.context;
    return renderCapacity(summary, {
      columns: columnsOf(stdout),
      now: new Date(),
      color: hasColor(stdout),
      includeFakes: this.includeFakes,
    });
  }

  /** Runs until it is interrupted. Redraws a terminal in place; prints only changes into a pipe. */
  async #watch(app: AppContext): Promise<never> {
    this.pager = false;
    const ask_ms = (app.config.policy.usage_auto_refresh_after_seconds ?? ASK_SECONDS) * 1000;
    const drawn = isTerminal(this.context.stdout) && !this.json;
    let asked = Number.NEGATIVE_INFINITY;
    let before = '';
    const never = new AbortController().signal;
    for (;;) {
      const due = this.refresh && monotonic() - asked >= ask_ms;
      const seen = app.ledger.store.changeCounter();
      const summary = await this.#summary(app, due);
      if (due) asked = monotonic();
      const reported = JSON.stringify({ ...summary, checked_at: null, providers: ageless(summary) });
      if (drawn) this.context.stdout.write(ERASE_SCREEN);
      if (drawn || reported !== before) await this.#show(summary);
      before = reported;
      const forMs = Math.min(REDRAW_MS, this.refresh ? ask_ms : REDRAW_MS);
      await changed(app.ledger.store, seen, never, { forMs });
    }
  }
}

/** The rows without the values that change although nothing was recorded. */
const ageless = ({ providers }: UsageSummary) =>
  Object.values(providers).map((row) => ({ ...row, age_seconds: null, checked_at: null, observed_at: null }));
