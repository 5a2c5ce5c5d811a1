import { Emulator, type ScreenListener } from '../screen/emulator.ts';
import type { LogicalLine } from '../screen/rows.ts';
import type { ControlClient } from './control-client.ts';
import { type PaneExit, paneExitOf } from './pane-facts.ts';

/** A pane as tmux knows it at one moment. */
export interface PaneCapture {
  cols: number;
  rows: number;
  cursor: { row: number; col: number };
  alternate: boolean;
  savedCursor: { row: number; col: number };
  historyRows: number;
  /** The history reaches back to the worker's start: tmux has thrown nothing away yet. */
  exact: boolean;
  /** Null while its process lives. */
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
  /** The beginning of an escape sequence whose end tmux has not read yet. */
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
 * Takes a pane out of tmux's grid in one step. `onTaken` is called between the output that the capture holds and the
 * output that comes after it.
 */
export async function capturePane(
  client: ControlClient,
  pane: string,
  onTaken: () => void,
): Promise<PaneCapture> {
  for (let fullScreen = false; ; fullScreen = !fullScreen) {
    const ask = (...options: string[]) => ['capture-pane', '-p', '-t', pane, ...options];
    const grid = fullScreen
      ? [ask('-e', '-J', '-S', '-', '-E', '-1'), ask('-e', '-J', '-a', '-q'), ask('-e', '-J', '-S', '0')]
      : [ask('-e', '-J', '-S', '-', '-E', '-')];
    const [facts = [], unfinished = [], first = [], saved = [], screen = []] = await client.commands(
      [['display-message', '-p', '-t', pane, format], ask('-P', '-C'), ...grid],
      onTaken,
    );
    const fact = factsOf(facts.join('\n'));
    if ((fact('alternate_on') === '1') !== fullScreen) continue;
    // With no history, asking for it brings the first row of the screen.
    const main = fullScreen ? [...(fact('history_size') === '0' ? [] : first), ...saved] : first;
    return {
      ...captureOf(fact),
      main: fact('pane_dead') === '1' ? withoutObituary(main) : main,
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
    // At its limit tmux throws away a tenth at once.
    exact: count('history_size') < count('history_limit') * 0.9,
    exit: isDead ? paneExitOf(fact('pane_dead_status'), fact('pane_dead_signal')) : null,
    region: { upper: count('scroll_region_upper'), lower: count('scroll_region_lower') },
    insert: fact('insert_flag') === '1',
    origin: fact('origin_flag') === '1',
    wrap: fact('wrap_flag') !== '0',
    // Until a program sets it, tmux gives the host's name as the title.
    title: fact('pane_title') === fact('host') ? '' : fact('pane_title'),
  };
}

/** tmux 3.2 writes into the dead pane itself; later ones can be told not to. */
function withoutObituary(lines: string[]): string[] {
  const last = lines.findLastIndex((line) => line.trim() !== '');
  return /^(\x1b\[[\d;]*m)*Pane is dead\b/.test(lines[last] ?? '') ? lines.with(last, '') : lines;
}

/** An emulator that stands where the pane stood, and the lines that had scrolled off by then. */
export async function emulatorAt(
  capture: PaneCapture,
  listener: ScreenListener,
): Promise<{ emulator: Emulator; history: LogicalLine[] }> {
  const history: LogicalLine[] = [];
  const emulator = new Emulator(capture, { ...silent, scrolled: (lines) => history.push(...lines) });
  const { cursor, savedCursor, region } = capture;
  await emulator.write(
    Buffer.from(
      capture.main.join('\r\n') +
        (capture.alternate
          ? `${to(savedCursor)}\x1b[?1049h\x1b[m\x1b[H${capture.fullScreen.join('\r\n')}`
          : '') +
        `\x1b[m\x1b[${region.upper + 1};${region.lower + 1}r`,
    ),
  );
  // A cursor that waits behind the last column gets there only by printing.
  const last = cursor.col >= capture.cols ? emulator.lastCellOfRow(cursor.row) : null;
  const modes = `${capture.insert ? '\x1b[4h' : ''}${capture.wrap ? '' : '\x1b[?7l'}`;
  const position = last ? to({ row: cursor.row, col: last.col }) + last.char : to(cursor);
  await emulator.write(Buffer.from(position + modes + capture.unfinished));
  emulator.initialTitle = capture.title;
  emulator.listener = listener;
  return { emulator, history };
}

const to = ({ row, col }: { row: number; col: number }): string => `\x1b[${row + 1};${col + 1}H`;

const silent: ScreenListener = {
  scrolled: () => {},
  erased: () => {},
  historyErased: () => {},
  fullScreenEntered: () => {},
  fullScreenLeft: () => {},
  title: () => {},
  bell: () => {},
};
