import { randomUUID } from 'node:crypto';
import { AgentPoolError } from '../../../lib/errors.ts';
import { Emulator, IGNORING, type ScreenListener } from '../../screen/emulator.ts';
import type { LogicalLine } from '../../screen/rows.ts';
import { joined } from '../arguments.ts';
import { commandsText } from '../config.ts';
import { type PaneExit, paneExitOf } from '../pane-facts.ts';
import { tmuxMessage } from '../program.ts';
import type { TmuxServer } from '../server.ts';

/** A pane's state in tmux at one moment. */
export interface PaneCapture {
  /** The pane's process. */
  pid: number;
  cols: number;
  rows: number;
  cursor: { row: number; col: number };
  isCursorShown: boolean;
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
  'pane_pid',
  'pane_width',
  'pane_height',
  'cursor_x',
  'cursor_y',
  'cursor_flag',
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

/** A capture, and whether the commands that were to run with it have run. */
export interface Captured {
  capture: PaneCapture;
  followed: boolean;
}

/**
 * Captures a pane from tmux's grid and runs `follow` in the same step: no output comes between the two. A pane that has
 * exited is not followed any more. Throws TMUX_FAILED when there is no such pane.
 */
export async function capturePane(
  server: TmuxServer,
  pane: string,
  follow: readonly (readonly string[])[],
): Promise<Captured> {
  // It is part of a command's text, and a ledger that was imported may hold any text for it.
  if (!/^%\d+$/.test(pane)) {
    throw new AgentPoolError('TMUX_FAILED', `not a pane of tmux: ${pane}`, { said: '' });
  }
  const mark = randomUUID();
  const next = ['display-message', '-p', mark];
  const capture = (...options: string[]) => ['capture-pane', '-p', '-t', pane, ...options];
  const grid = commandsText([capture('-e', '-J', '-S', '-', '-E', '-'), next, next]);
  const fullScreen = commandsText([
    capture('-e', '-J', '-S', '-', '-E', '-1'),
    next,
    capture('-e', '-J', '-a', '-q'),
    next,
    capture('-e', '-J', '-S', '0'),
  ]);
  const commands = [
    ['display-message', '-p', '-t', pane, format],
    next,
    capture('-P', '-C'),
    next,
    ['if-shell', '-F', '-t', pane, '#{alternate_on}', fullScreen, grid],
    next,
  ];
  const followed = ['if-shell', '-F', '-t', pane, '#{pane_dead}', '', commandsText(follow)];
  const parts = (text: string) => text.split(`${mark}\n`).map(linesOf);
  try {
    const printed = await server.run(joined(follow.length > 0 ? [...commands, followed] : commands));
    const taken = captureFrom(complete(parts(printed)));
    return { capture: taken, followed: follow.length > 0 && taken.exit === null };
  } catch (error) {
    // Its program has exited, and tmux has not read all of its output yet.
    if (follow.length > 0 && /pane has exited/.test(tmuxMessage(error))) return capturePane(server, pane, []);
    throw error;
  }
}

/** What the marks separate: the facts of a pane, what is unfinished, three screens, and nothing behind the last mark. */
const PARTS = 6;

/**
 * A server that is ended meanwhile leaves out the rest of what was asked, and the client may not fail for it: the screen
 * would be taken for an empty one, and replace the last lines of the transcript. Throws TMUX_FAILED.
 */
function complete(parts: string[][]): string[][] {
  if (parts.length >= PARTS) return parts;
  const said = 'the pane ended while it was captured';
  throw new AgentPoolError('TMUX_FAILED', `tmux: ${said}`, { said });
}

const linesOf = (text: string): string[] => (text === '' ? [] : text.replace(/\n$/, '').split('\n'));

function captureFrom([
  facts = [],
  unfinished = [],
  first = [],
  saved = [],
  screen = [],
]: string[][]): PaneCapture {
  const fact = factsOf(facts.join('\n'));
  const isFullScreen = fact('alternate_on') === '1';
  // When there is no history, tmux returns the first row of the screen for it.
  const main = isFullScreen ? [...(fact('history_size') === '0' ? [] : first), ...saved] : first;
  return {
    ...captureOf(fact),
    main: fact('pane_dead') === '1' ? withoutDeathNotice(main) : main,
    fullScreen: screen,
    unfinished: unfinished
      .join('\n')
      .replace(/\\(\d{3})/g, (_, octal) => String.fromCharCode(Number.parseInt(octal, 8))),
  };
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
    pid: count('pane_pid'),
    cols: count('pane_width'),
    rows: count('pane_height'),
    cursor: { row: count('cursor_y'), col: count('cursor_x') },
    isCursorShown: fact('cursor_flag') !== '0',
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
  const scrolled = (lines: readonly LogicalLine[]): void => {
    for (const line of lines) history.push(line);
  };
  const emulator = new Emulator(capture, { ...IGNORING, scrolled });
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
  const modes = `${capture.insert ? '\x1b[4h' : ''}${capture.wrap ? '' : '\x1b[?7l'}${capture.isCursorShown ? '' : '\x1b[?25l'}`;
  const position = last ? moveTo({ row: cursor.row, col: last.col }) + last.char : moveTo(cursor);
  await emulator.write(Buffer.from(position + modes + capture.unfinished));
  emulator.initialTitle = capture.title;
  emulator.listener = listener;
  return { emulator, history };
}

const moveTo = ({ row, col }: { row: number; col: number }): string => `\x1b[${row + 1};${col + 1}H`;
