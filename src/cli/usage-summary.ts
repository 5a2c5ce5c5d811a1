import { setTimeout as sleep } from 'node:timers/promises';
import { Command } from 'clipanion';
import { UsageSummary } from '../usage/capacity-schema.ts';
import { renderCapacity } from '../usage/render.ts';
import { usageSummary } from '../usage/summary.ts';
import type { House } from '../workers/house.ts';
import { Option } from './option.ts';
import { columnsOf, hasColor, isTerminal } from './output/style.ts';
import { UsageCommand } from './usage-options.ts';

/** Ages and times until a reset move on, even if nothing is recorded. */
const REDRAW_MS = 15_000;
const LOOK_MS = 250;
/** With --watch --refresh the providers are asked this often where the policy names no time. */
const ASK_SECONDS = 60;

export default class UsageSummaryCommand extends UsageCommand<UsageSummary> {
  static override paths = [['usage-summary']];
  static override report = UsageSummary;
  static override usage = Command.Usage({
    category: 'See what is left',
    description: 'what is left of every subscription, and who can be used now',
    details: `
      Reads the ledger and asks nobody, unless --refresh is given or policy.usage_auto_refresh_after_seconds says that what is known is too old. You choose whom to use: nothing here is a recommendation.
    `,
    examples: [
      ['What is known', '$0 usage-summary'],
      ['Ask everybody first', '$0 usage-summary --refresh'],
      ['Keep it on the screen', '$0 usage-summary --watch --refresh'],
    ],
  });

  refresh = Option.Boolean('--refresh', false, { description: 'ask the providers first' });
  watch = Option.Boolean('--watch', false, { description: 'draw it anew whenever something changes' });

  async run(house: House): Promise<undefined> {
    if (this.watch) return this.#watch(house);
    await this.#show(await this.#summary(house, this.refresh));
  }

  #summary(house: House, refresh: boolean): Promise<UsageSummary> {
    return usageSummary(house, { ...this.wish(house), refresh });
  }

  #show(summary: UsageSummary): Promise<void> {
    return this.show(summary, (told) => this.#human(told));
  }

  #human(summary: UsageSummary): string {
    const { stdout } = this.context;
    return renderCapacity(summary, {
      columns: columnsOf(stdout),
      now: new Date(),
      color: hasColor(stdout),
    });
  }

  /** Until somebody ends it. A terminal is drawn over; into a pipe goes what is new. */
  async #watch(house: House): Promise<never> {
    this.pager = false;
    const ask_ms = (house.config.policy.usage_auto_refresh_after_seconds ?? ASK_SECONDS) * 1000;
    const drawn = isTerminal(this.context.stdout) && !this.json;
    let asked = Number.NEGATIVE_INFINITY;
    let before = '';
    for (;;) {
      const due = this.refresh && Date.now() - asked >= ask_ms;
      const seen = house.ledger.store.dataVersion();
      const summary = await this.#summary(house, due);
      if (due) asked = Date.now();
      const told = JSON.stringify({ ...summary, checked_at: null, providers: ageless(summary) });
      if (drawn) this.context.stdout.write('\u001b[H\u001b[J');
      if (drawn || told !== before) await this.#show(summary);
      before = told;
      const until = Date.now() + Math.min(REDRAW_MS, this.refresh ? ask_ms : REDRAW_MS);
      while (Date.now() < until && house.ledger.store.dataVersion() === seen) await sleep(LOOK_MS);
    }
  }
}

/** Without what changes although nothing happened. */
const ageless = ({ providers }: UsageSummary) =>
  Object.values(providers).map((row) => ({ ...row, age_seconds: null, checked_at: null, observed_at: null }));
