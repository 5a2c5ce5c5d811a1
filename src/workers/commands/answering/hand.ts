import { setTimeout as sleep } from 'node:timers/promises';
import type { RunnableAgent } from '../../../agents/contract/launch.ts';
import { screenRules } from '../../../agents/screen-rules.ts';
import { monotonic } from '../../../lib/time/monotonic.ts';
import type { SessionRow } from '../../../projections/sessions/queries.ts';
import type { FormChoice } from '../../../terminal/detection/classification-schema.ts';
import { Fence } from '../../../terminal/input/fence.ts';
import { inputView } from '../../../terminal/input/input-view.ts';
import { settle, takeOver } from '../../../terminal/input/settle.ts';
import { Typing } from '../../../terminal/input/typing.ts';
import type { AppContext } from '../../core/context.ts';
import { answerableOn, type Dialog, isSame, stepTowards } from '../../sight/dialogs/dialog.ts';
import { type ScreenReader, type ScreenReading, seenOrGone } from '../../sight/look.ts';
import { asFieldWords } from '../sending/plain-message.ts';
import { stuck } from './refusals.ts';

/** How long an agent may take to show that it has read a key, in milliseconds. */
const READ_MS = 2000;
const POLL_MS = 25;

/** The token of a text for a field of a dialog: there is one at a time. */
const FIELD = 'field';

/**
 * The keys for the dialog of one worker: each is pressed only while the screen shows what it is meant for, and each
 * step is looked at before the next one.
 */
export class Hand {
  /** The keys that were pressed, in their order. */
  readonly pressed: string[] = [];
  readonly #app: AppContext;
  readonly #session: SessionRow;
  readonly #agent: RunnableAgent;
  readonly #read: ScreenReader;
  /** What the screen showed right after the last key, until the next look. */
  #seenWithKey: ScreenReading | null = null;

  constructor(
    app: AppContext,
    session: SessionRow,
    { agent, look }: { agent: RunnableAgent; look: ScreenReader },
  ) {
    this.#app = app;
    this.#session = session;
    this.#agent = agent;
    this.#read = look;
  }

  async press(key: string): Promise<void> {
    this.pressed.push(key);
    this.#seenWithKey = await this.#read.afterKeys([key]);
  }

  /** The screen now: the first time after a key, as it was a moment after that. */
  look = async (): Promise<ScreenReading> => {
    const seen = this.#seenWithKey;
    this.#seenWithKey = null;
    return seen ?? this.#read();
  };

  /** Waits until the screen holds; false after READ_MS. */
  sees = (holds: (now: ScreenReading) => boolean): Promise<boolean> => seenOrGone(READ_MS, this.look, holds);

  /** The page as it is shown now. An agent that redraws it gets READ_MS for that, and for what it must show. */
  async page(
    dialog: Dialog,
    shows: (current: Dialog) => boolean = () => true,
  ): Promise<{ now: ScreenReading; current: Dialog }> {
    for (const deadline = monotonic() + READ_MS; ; await sleep(POLL_MS)) {
      const now = await this.look();
      const current = answerableOn(now);
      const isLate = monotonic() > deadline;
      if (current && isSame(dialog, current) && (isLate || shows(current))) return { now, current };
      if (isLate) throw stuck(this.#session, 'another screen came in its place', current);
    }
  }

  /** Moves the pointer to the choice, one observed step at a time; returns the page that shows it there. */
  async pointAt(dialog: Dialog, choice: FormChoice): Promise<{ now: ScreenReading; current: Dialog }> {
    // A menu may wrap around or skip a row: as many steps as it has choices bring the pointer everywhere.
    for (let step = 0; step <= dialog.choices.length; step++) {
      const page = await this.page(dialog, (current) => pointedAt(current) !== undefined);
      const from = pointedAt(page.current);
      if (from === choice.number) return page;
      const key = stepTowards(page.current, choice);
      if (key === null)
        throw stuck(this.#session, 'the screen does not show where its pointer is', page.current);
      await this.press(key);
      const moved = (now: ScreenReading) => {
        const later = answerableOn(now);
        return isSame(dialog, later) && pointedAt(later) !== from && pointedAt(later) !== undefined;
      };
      if (!(await this.sees(moved)))
        throw stuck(this.#session, `its pointer did not move on ${key}`, await this.#seen());
    }
    throw stuck(this.#session, `its pointer did not reach choice ${choice.number}`, await this.#seen());
  }

  /** Ticks the box of a choice, or takes the tick away. */
  async tick(dialog: Dialog, choice: FormChoice, checked: boolean): Promise<void> {
    const isAs = (page: Dialog | null) =>
      page?.choices.find(({ number }) => number === choice.number)?.checked === checked;
    if (isAs((await this.page(dialog)).current)) return;
    const { current } = await this.pointAt(dialog, choice);
    await this.press(current.keys.toggle ?? 'Space');
    const done = await this.sees((now) => {
      const later = answerableOn(now);
      return later !== null && isSame(dialog, later) && isAs(later);
    });
    if (!done) {
      const state = checked ? 'was not ticked' : 'is still ticked';
      throw stuck(this.#session, `the box of choice ${choice.number} ${state}`, await this.#seen());
    }
  }

  /** Types a text into the field that is open, and sees it there. `open`: opens the field first. */
  async write(text: string, open: string | null): Promise<void> {
    const session = this.#session;
    if (open !== null) {
      const before = (await this.look()).rows.join('\n');
      await this.press(open);
      if (!(await this.sees((now) => now.rows.join('\n') !== before)))
        throw stuck(session, `${open} did not open a text field`, await this.#seen());
    }
    await this.#emptyField();
    const fence = new Fence(session.tmux_pane);
    const before = await this.#read([fence.raise]);
    const typing = new Typing(this.#app.tmux.of(session.id), session.tmux_pane, FIELD, fence);
    await typing.beginAndType(asFieldWords(this.#agent, text));
    if (!(await this.sees((now) => showsText(now.rows, text, before.rows))))
      throw stuck(session, 'the text did not appear in it and was not confirmed', await this.#seen());
    this.#typing = typing;
  }

  #typing: Typing | null = null;

  /** Confirms the text that was typed. */
  async enterText(): Promise<void> {
    this.pressed.push('Enter');
    await this.#typing?.enter(['Enter']);
    await this.keepText();
  }

  /** The text stays in its field; it is confirmed with the form. */
  async keepText(): Promise<void> {
    await this.#typing?.forget();
    this.#typing = null;
  }

  /** Removes what an answer that was killed, or not confirmed, has left in the field. */
  async #emptyField(): Promise<void> {
    const { id, provider_id, tmux_pane } = this.#session;
    const tmux = this.#app.tmux.of(id);
    const typing = await takeOver(tmux, tmux_pane, FIELD);
    if (!typing) return;
    const view = inputView(screenRules(provider_id, this.#app.paths.detectors));
    const isEmpty =
      typing.stage === 'entered' ||
      (await settle(tmux, tmux_pane, typing, this.#agent.submit, view, { isField: true })) !== 'left';
    if (!isEmpty)
      throw stuck(
        this.#session,
        'its field holds the text of an earlier answer, which could not be removed',
        await this.#seen(),
      );
    await typing.forget();
  }

  #seen = async (): Promise<Dialog | null> => answerableOn(await this.look());
}

const pointedAt = (dialog: Dialog | null): number | undefined =>
  dialog?.choices.find(({ selected }) => selected)?.number;

/** Whether the screen shows the text once more than before, wherever it breaks the lines. */
function showsText(rows: readonly string[], text: string, before: readonly string[]): boolean {
  // A text of signs alone is compared by its signs.
  const noise = /[\p{L}\p{N}]/u.test(text) ? /[^\p{L}\p{N}]/gu : /\s/g;
  const bare = (shown: string): string => shown.replace(noise, '');
  const wanted = bare(text).slice(0, 40);
  const count = (shown: readonly string[]): number => bare(shown.join('')).split(wanted).length - 1;
  return count(rows) > count(before);
}
