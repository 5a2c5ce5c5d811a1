import { Emulator, type ScreenListener } from '../screen/emulator.ts';
import type { LogicalLine } from '../screen/rows.ts';
import type { ControlClient } from './control-client.ts';
import { type PaneExit, paneExitOf } from './pane-facts.ts';

/** A pane's state in tmux at one moment. */
export interface PaneCapture {
  cols: number;
  rows: number;
  cursor: { row: number; col: number };
  alternate: boolean;
  savedCursor: { row: number; col: number };
  historyRows: number;
  /** The history reaches back to the worker's start: tmux has discarded nothing yet. */
  exact: boolean;
  /** Null while its process runs. */
  exit: PaneExit | null;
  region: { upper: number; lower: number };
  insert: boolean;
  origin: boolean;
  wrap: boolean;
  title: string;
  /** History and main screen, wrapped rows joined, with styles. */
  main: string[];
  /** The full-screen program's screen. */
  fullScreen: string[];
  /** The start of an escape sequence whose end tmux has not read yet. */
  unfinished: string;
}

const names = [
  'pane_width',
  'pane_height',
  'cursor_x',
  'cursor_y',
  'alternate_on',
  'alternate_saved_x',
  'alternate_saved_y',
  'history_size',
  'history_limit',
  'pane_dead',
  'pane_dead_status',
  'pane_dead_signal',
  'scroll_region_upper',
  'scroll_region_lower',
  'insert_flag',
  'origin_flag',
  'wrap_flag',
  'host',
  'pane_title',
] as const;
type Name = (typeof names)[number];

/**
 * Captures a pane from tmux's grid in one step. `onTaken` is called between the output that the capture contains and
 * the output that comes after it. Throws TMUX_FAILED when there is no such pane, TMUX_GONE when the client has ended.
 */
export async function capturePane(
  client: ControlClient,
  pane: string,
  onCaptured: () => void,
): Promise<PaneCapture> {
  for (let fullScreen = false; ; fullScreen = !fullScreen) {
    const capture = (...options: string[]) => ['capture-pane', '-p', '-t', pane, ...options];
    const grid = fullScreen
      ? [
          capture('-e', '-J', '-S', '-', '-E', '-1'),
          capture('-e', '-J', '-a', '-q'),
          capture('-e', '-J', '-S', '0'),
        ]
      : [capture('-e', '-J', '-S', '-', '-E', '-')];
    const [facts = [], unfinished = [], first = [], saved = [], screen = []] = await client.commands(
      [['display-message', '-p', '-t', pane, format], capture('-P', '-C'), ...grid],
      onCaptured,
    );
    const fact = factsOf(facts.join('\n'));
    if ((fact('alternate_on') === '1') !== fullScreen) continue;
    // When there is no history, tmux returns the first row of the screen for it.
    const main = fullScreen ? [...(fact('history_size') === '0' ? [] : first), ...saved] : first;
    return {
      ...captureOf(fact),
      main: fact('pane_dead') === '1' ? withoutDeathNotice(main) : main,
      fullScreen: screen,
      unfinished: unfinished
        .join('\n')
        .replace(/\\(\d{3})/g, (_, octal) => String.fromCharCode(Number.parseInt(octal, 8))),
    };
  }
}

const format = names.map((name) => `#{${name}}`).join('|');

function factsOf(line: string): (name: Name) => string {
  const values = line.split('|');
  const title = values.splice(names.length - 1).join('|');
  return (name) => (name === 'pane_title' ? title : (values[names.indexOf(name)] ?? ''));
}

function captureOf(fact: (name: Name) => string): Omit<PaneCapture, 'main' | 'fullScreen' | 'unfinished'> {
  const count = (name: Name) => Number(fact(name));
  const isDead = fact('pane_dead') === '1';
  return {
    cols: count('pane_width'),
    rows: count('pane_height'),
    cursor: { row: count('cursor_y'), col: count('cursor_x') },
    alternate: fact('alternate_on') === '1',
    savedCursor: { row: count('alternate_saved_y'), col: count('alternate_saved_x') },
    historyRows: count('history_size'),
    // At its limit tmux discards a tenth at once.
    exact: count('history_size') < count('history_limit') * 0.9,
    exit: isDead ? paneExitOf(fact('pane_dead_status'), fact('pane_dead_signal')) : null,
    region: { upper: count('scroll_region_upper'), lower: count('scroll_region_lower') },
    insert: fact('insert_flag') === '1',
    origin: fact('origin_flag') === '1',
    wrap: fact('wrap_flag') !== '0',
    // Until a program sets it, tmux reports the host's name as the title.
    title: fact('pane_title') === fact('host') ? '' : fact('pane_title'),
  };
}

/** tmux 3.2 writes a notice into the dead pane; later versions can be configured not to. */
function withoutDeathNotice(lines: string[]): string[] {
  const last = lines.findLastIndex((line) => line.trim() !== '');
  return /^(\x1b\[[\d;]*m)*Pane is dead\b/.test(lines[last] ?? '') ? lines.with(last, '') : lines;
}

/** An emulator in the state of the pane, and the lines that had scrolled off by then. */
export async function restoreEmulator(
  capture: PaneCapture,
  listener: ScreenListener,
): Promise<{ emulator: Emulator; history: LogicalLine[] }> {
  const history: LogicalLine[] = [];
  const emulator = new Emulator(capture, { ...ignoreAll, scrolled: (lines) => history.push(...lines) });
  const { cursor, savedCursor, region } = capture;
  await emulator.write(
    Buffer.from(
      capture.main.join('\r\n') +
        (capture.alternate
          ? `${moveTo(savedCursor)}\x1b[?1049h\x1b[m\x1b[H${capture.fullScreen.join('\r\n')}`
          : '') +
        `\x1b[m\x1b[${region.upper + 1};${region.lower + 1}r`,
    ),
  );
  // A cursor that waits behind the last column gets there only by printing.
  const last = cursor.col >= capture.cols ? emulator.lastCellOfRow(cursor.row) : null;
  const modes = `${capture.insert ? '\x1b[4h' : ''}${capture.wrap ? '' : '\x1b[?7l'}`;
  const position = last ? moveTo({ row: cursor.row, col: last.col }) + last.char : moveTo(cursor);
  await emulator.write(Buffer.from(position + modes + capture.unfinished));
  emulator.initialTitle = capture.title;
  emulator.listener = listener;
  return { emulator, history };
}

const moveTo = ({ row, col }: { row: number; col: number }): string => `\x1b[${row + 1};${col + 1}H`;

const ignoreAll: ScreenListener = {
  scrolled: () => {},
  erased: () => {},
  historyErased: () => {},
  fullScreenEntered: () => {},
  fullScreenLeft: () => {},
  title: () => {},
  bell: () => {},
};
