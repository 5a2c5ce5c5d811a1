import { screenRules } from '../../agents/screen-rules.ts';
import { AgentPoolError } from '../../lib/errors.ts';
import type { SessionRow } from '../../projections/sessions/queries.ts';
import { type Classification, classify } from '../../terminal/detection/classify.ts';
import type { RuleSet } from '../../terminal/detection/rules/rule-set.ts';
import { type Row, readRows } from '../../terminal/detection/screen/rows.ts';
import { screenFromText } from '../../terminal/detection/screen/screen-from-text.ts';
import { inputView, unknownDialog } from '../../terminal/input/input-view.ts';
import { ECHO_MS, pressingThen, printedAfterKeys, waiting } from '../../terminal/input/pane-input.ts';
import { pollUntil } from '../../terminal/input/poll-until.ts';
import type { Screen } from '../../terminal/screen/screen.ts';
import { joined } from '../../terminal/tmux/arguments.ts';
import type { AppContext } from '../core/context.ts';
import { sentTexts } from '../core/words/sent-texts.ts';

/** What a worker's terminal shows now. @throws what tmux throws when the pane is gone. */
export async function screenOf(
  app: AppContext,
  session: SessionRow,
  also: readonly string[][] = [],
): Promise<Screen> {
  return screenIn(await captureOf(app, session, also));
}

const screenIn = ({ text, title, cursor }: Capture): Screen => ({
  ...screenFromText(text, { ansi: true, title }),
  ...(cursor ? { cursor, isCursorShown: true } : {}),
});

/** A worker's terminal as drawn, with its colours. */
interface Capture {
  text: string;
  title: string;
  /** Null where the program hides it. */
  cursor: { row: number; col: number } | null;
}

/** The same as drawn. `also`: commands of tmux that run in the same step, and print nothing. */
export async function captureOf(
  { tmux }: AppContext,
  session: SessionRow,
  also: readonly string[][] = [],
): Promise<Capture> {
  const commands = joined([...captureCommands(session.tmux_pane), ...also]);
  return captureIn(await tmux.of(session.id).run(commands));
}

/** The commands that print what `captureIn` reads. */
const captureCommands = (pane: string): string[][] => [
  ['display-message', '-p', '-t', pane, '#{cursor_flag} #{cursor_y} #{cursor_x} #{pane_title}'],
  ['capture-pane', '-p', '-e', '-t', pane],
];

function captureIn(text: string): Capture {
  const end = text.indexOf('\n');
  const [, flag, row, col, title = ''] = /^(\d+) (\d+) (\d+) (.*)$/.exec(text.slice(0, end)) ?? [];
  const cursor = flag === '1' ? { row: Number(row), col: Number(col) } : null;
  return { text: text.slice(end + 1), title, cursor };
}

export interface ScreenReading {
  classification: Classification;
  screen: Screen;
  rows: string[];
  /** Everything that was sent to the worker: its screen may repeat it. */
  sent: string;
  /** Why a message would not be read, on a screen that no rule knows: what the screen shows. Null if it would be. */
  unread: string | null;
}

export interface ScreenReader {
  /** Reads the screen. `also`: commands of tmux that run in the same step, and print nothing. */
  (also?: readonly string[][]): Promise<ScreenReading>;
  /** Presses keys, and reads the screen in the same call, a moment later; null if the keys have ended the program. */
  afterKeys(keys: readonly string[]): Promise<ScreenReading | null>;
}

/**
 * Reads and classifies a worker's screen as it is now, not as it was recorded.
 * @throws what tmux throws when the pane is gone, and RULES_INVALID.
 */
export function screenReader(app: AppContext, session: SessionRow): ScreenReader {
  let known: { rules: RuleSet; echo: string } | null = null;
  const meaning = async () => {
    known ??= {
      rules: screenRules(session.provider_id, app.paths.detectors),
      echo: sentTexts(app, session).toString(),
    };
    return known;
  };
  const reading = (screen: Screen, { rules, echo }: { rules: RuleSet; echo: string }): ScreenReading => {
    const classification = classify(screen, rules, { echo });
    const rows = screen.rows.map(({ text }) => text);
    const unread = classification.label === 'unknown' ? whyUnread(readRows(screen, echo), rows, rules) : null;
    return { classification, screen, rows, sent: echo, unread };
  };
  const look = async (also: readonly string[][] = []) => {
    // What gives a screen its meaning is read while tmux answers.
    const [screen, meant] = await Promise.all([screenOf(app, session, also), meaning()]);
    return reading(screen, meant);
  };
  const afterKeys = async (keys: readonly string[]) => {
    const pane = session.tmux_pane;
    const commands = pressingThen(pane, keys, [waiting(ECHO_MS), ...captureCommands(pane)]);
    const printed = await printedAfterKeys(app.tmux.of(session.id).run(joined(commands)));
    return printed === '' ? null : reading(screenIn(captureIn(printed)), await meaning());
  };
  return Object.assign(look, { afterKeys });
}

/** What `unread` is for an agent that may still be starting. */
export const NO_BOX = 'no input box';

/** An agent with rules of its own takes text in a box that they know, or it does not wait for text. */
function whyUnread(read: readonly Row[], rows: readonly string[], rules: RuleSet): string | null {
  const dialog = unknownDialog(read);
  if (dialog !== null) return `a dialog that no rule knows (${dialog.slice(0, 120)})`;
  return rules.fallback && inputView(rules).boxOf(rows) === null ? NO_BOX : null;
}

/** Null for a pane that cannot be read; a fault in the user's rules is thrown. */
export function ifReadable(error: unknown): null {
  if (error instanceof AgentPoolError && error.code === 'RULES_INVALID') throw error;
  return null;
}

/** Waits until `holds` is true or the pane is gone, which counts too; false after so many milliseconds. */
export async function seenOrGone(
  ms: number,
  look: () => Promise<ScreenReading>,
  holds: (now: ScreenReading) => boolean,
): Promise<boolean> {
  const read = () => look().catch(ifReadable);
  return (await pollUntil(ms, read, (now) => now === null || holds(now))).done;
}
