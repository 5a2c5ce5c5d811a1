import { counted } from '../../../lib/text/counted.ts';
import { exactSpan } from '../../../lib/time/duration.ts';
import type { WorkerWords } from '../../../workers/commands/results/worker-words.ts';
import { offeredWords } from '../../../workers/sight/dialogs/asked.ts';
import { cell, type Line, line, type Style, span, widthOf, wrapped } from '../text/line.ts';
import { screenHeight, screenLine } from './screen-lines.ts';
import type { ListedWorker, Loaded, WorkerDetail } from './snapshot.ts';
import { STATE_WORDS, type Tab } from './state.ts';
import { ageOf, glyphOf, loginName, tokensInWords, whenOf } from './worker-rows.ts';

/** The text of a tab, of which only what is shown is drawn. */
export interface TabText {
  count: number;
  /** The lines [from, to). */
  lines(from: number, to: number): Line[];
  /** Whether its end matters more than its beginning. */
  fromEnd: boolean;
}

const text = (lines: readonly Line[], fromEnd = false): TabText => ({
  count: lines.length,
  lines: (from, to) => lines.slice(from, to),
  fromEnd,
});

export function tabText(
  tab: Tab,
  worker: ListedWorker,
  detail: WorkerDetail | null,
  width: number,
  now: Date,
): TabText {
  if (detail === null || detail.id !== worker.session.id) return waiting();
  switch (tab) {
    case 'screen':
      return screenText(worker, detail);
    case 'diff':
      return text(loaded(detail.diff, diffLines, width));
    case 'timeline':
      return text(loaded(detail.timeline, timelineLines, width), true);
    case 'facts':
      return text(factLines(worker, width, now));
  }
}

const QUIET: Style = { fg: 'quiet' };

const waiting = (): TabText => text([[span('…', QUIET)]]);

const drawn = new WeakMap<object, { width: number; lines: Line[] }>();

/** The lines of a value, which are kept until it or the width changes. */
function loaded<T extends object>(
  value: Loaded<T>,
  lines: (value: T, width: number) => Line[],
  width: number,
): Line[] {
  if (value.kind === 'loading') return [[span('…', QUIET)]];
  if (value.kind === 'failed') return wrapped(value.why, width, QUIET);
  const before = drawn.get(value.value);
  if (before?.width === width) return before.lines;
  const made = { width, lines: lines(value.value, width) };
  drawn.set(value.value, made);
  return made.lines;
}

function screenText({ session }: ListedWorker, { screen }: WorkerDetail): TabText {
  if (screen.kind === 'loading') return waiting();
  if (screen.kind === 'failed') {
    const why = session.state === 'QUEUED' ? 'It waits in the queue and has no screen yet.' : screen.why;
    return text([[span(why, QUIET)]]);
  }
  const { rows } = screen.value;
  const count = screenHeight(screen.value);
  if (count === 0) return text([[span('The screen is empty.', QUIET)]]);
  const lines = (from: number, to: number) => rows.slice(from, Math.min(to, count)).map(screenLine);
  return { count, lines, fromEnd: true };
}

/**
 * What it asks, with its choices, or what it reported at its end. `brief`: without what leads to the question, where its
 * screen is beside it.
 */
export function askLines(words: WorkerWords | null, width: number, { brief = false } = {}): Line[] {
  if (!words) return [];
  const { asks, result } = words;
  if (asks) {
    const choices = asks.choices.flatMap(({ number, label, checked }) => {
      const box = checked === null ? '' : checked ? '[x] ' : '[ ] ';
      const lead = `  ${number}  ${box}`;
      return wrapped(label, Math.max(4, width - widthOf(lead))).map((part, index) =>
        line(index === 0 ? lead : ' '.repeat(widthOf(lead)), ...part),
      );
    });
    const how = asks.isAboutMoney
      ? 'It is about money: answer it in its own terminal (Enter).'
      : asks.choices.length > 0
        ? 'a answers it, s writes words instead.'
        : offeredWords(asks.lines.slice(-2).join(' ')).length > 0
          ? 'a answers it, s writes words.'
          : 's answers it.';
    const shown = brief ? asks.lines.filter((text) => text.trim() !== '').slice(-1) : asks.lines;
    return [...shown.flatMap((text) => wrapped(text, width)), ...choices, ...wrapped(how, width, QUIET)];
  }
  if (!result) return [];
  return [
    ...wrapped(result.summary, width),
    ...result.findings.flatMap((finding) => wrapped(`- ${finding}`, width)),
  ];
}

function diffLines(
  { files, patch, warnings, ignored_files }: Extract<WorkerDetail['diff'], { kind: 'loaded' }>['value'],
  width: number,
): Line[] {
  if (files.length === 0)
    return [
      [span('It has changed no file.', QUIET)],
      ...warnings.flatMap((each) => wrapped(each, width, QUIET)),
    ];
  const added = files.reduce((sum, file) => sum + (file.added ?? 0), 0);
  const removed = files.reduce((sum, file) => sum + (file.removed ?? 0), 0);
  const count = counted(files.length, 'file');
  const head = line(
    span(`${count}  `, { bold: true }),
    span(`+${added} `, { fg: 'good' }),
    span(`−${removed}`, { fg: 'bad' }),
  );
  const named = files.map((file) =>
    line(
      ...cell(`+${file.added ?? 0}`, 6, { fg: 'good' }),
      ...cell(`−${file.removed ?? 0}`, 6, { fg: 'bad' }),
      span(`${file.status.slice(0, 8).padEnd(9)}`, QUIET),
      span(file.path),
    ),
  );
  const notes = [
    ...warnings,
    ...(ignored_files.length > 0 ? [`git ignores ${ignored_files.length} new files`] : []),
  ];
  return [
    head,
    ...named,
    ...notes.flatMap((note) => wrapped(note, width, { fg: 'warn' })),
    [],
    ...(patch ?? '').slice(0, MOST_PATCH).split('\n').map(patchLine),
  ];
}

/** More of a patch than a person scrolls through. */
const MOST_PATCH = 400_000;

function patchLine(text: string): Line {
  const style: Style =
    text.startsWith('+++') || text.startsWith('---') || text.startsWith('diff ')
      ? { bold: true }
      : text.startsWith('+')
        ? { fg: 'good' }
        : text.startsWith('-')
          ? { fg: 'bad' }
          : text.startsWith('@@')
            ? { fg: 'info' }
            : {};
  return [span(text.replaceAll('\t', '    '), style)];
}

function timelineLines(
  entries: Extract<WorkerDetail['timeline'], { kind: 'loaded' }>['value'],
  width: number,
): Line[] {
  return entries.flatMap(({ at, state, words, evidence }, index) => {
    const before = entries[index - 1];
    const since = before ? exactSpan(Math.max(0, Date.parse(at) - Date.parse(before.at))) : '';
    const [glyph, tone] = state === null ? ['·', 'quiet' as const] : glyphOf(state);
    const lead = line(
      span(`${clockOf(at)} `, QUIET),
      ...cell(width >= 60 ? `+${since}`.replace(/^\+$/, '') : '', width >= 60 ? 13 : 0, QUIET),
      span(`${glyph} `, { fg: tone, bold: true }),
    );
    const indent = lead.reduce((sum, each) => sum + each.width, 0);
    const room = Math.max(8, width - indent);
    const text = wrapped(words, room);
    const quoted = evidence.slice(0, 4).map((each): Line => [span(`│ ${each}`, QUIET)]);
    return [
      ...text.map((part, row) => (row === 0 ? [...lead, ...part] : [...cell('', indent), ...part])),
      ...quoted.map((part) => [...cell('', indent), ...part]),
    ];
  });
}

export const clockOf = (at: string | Date): string => {
  const date = new Date(at);
  return [date.getHours(), date.getMinutes(), date.getSeconds()]
    .map((part) => String(part).padStart(2, '0'))
    .join(':');
};

export function factLines(worker: ListedWorker, width: number, now: Date): Line[] {
  const { session, tokens, trouble, parked } = worker;
  const [glyph] = glyphOf(session.state);
  const where = session.worktree_removed_at === null ? session.worktree_path : null;
  const facts: [name: string, value: string | null][] = [
    ['worker', `${session.id}, ${loginName(session.provider_id, session.account)}`],
    [
      'state',
      `${glyph} ${STATE_WORDS[session.state] ?? session.state}, ${whenOf(worker, now)}${session.alive ? '' : ', its process is gone'}`,
    ],
    ['machine', worker.machine],
    ['trouble', trouble],
    ['reason', session.reason],
    ['waits', parked ? `for ${parked.window ?? 'its limit'}; ${parked.known_from}` : null],
    ['task', session.task],
    ['model', session.model],
    ['tokens', tokensInWords(tokens) || null],
    ['started', `${ageOf(session.created_at, now)} ago`],
    ['role', session.role],
    ['folder', where ?? session.repo_path],
    ['branch', session.worktree_branch],
    ['isolation', session.isolation.replace('_', ' ')],
    ['after', session.predecessor],
    ['went to', session.successor],
    ['spawned by', session.coordinator_id],
    ['files', session.artifact_dir],
  ];
  const label = 12;
  return facts.flatMap(([name, value]) =>
    value === null || value === ''
      ? []
      : wrapped(value, Math.max(8, width - label)).map((part, index) => [
          ...cell(index === 0 ? name : '', label, QUIET),
          ...part,
        ]),
  );
}

/** The facts that fit a few lines beneath the screen. */
export function briefFacts(
  { session, tokens, since }: ListedWorker,
  detail: WorkerDetail | null,
  now: Date,
): Line[] {
  const diff = detail?.diff.kind === 'loaded' ? detail.diff.value : null;
  const changed = diff ? changedInWords(diff.files) : '';
  const before = session.predecessor === null ? '' : `, after ${session.predecessor}`;
  const used = tokensInWords(tokens);
  return [
    fact('worker', [session.id, loginName(session.provider_id, session.account)]),
    fact('branch', [session.worktree_branch ?? session.isolation.replace('_', ' ')]),
    fact('changed', [changed === '' ? '…' : changed]),
    fact('model', [session.model ?? 'default', used === '' ? '' : `tokens ${used}`]),
    fact('started', [`${ageOf(session.created_at, now)} ago${before}`, `in this state ${ageOf(since, now)}`]),
  ];
}

const fact = (name: string, values: readonly string[]): Line => [
  ...cell(name, 9, QUIET),
  span(values.filter(Boolean).join('   ')),
];

function changedInWords(files: readonly { added: number | null; removed: number | null }[]): string {
  if (files.length === 0) return 'nothing changed yet';
  const sum = (of: 'added' | 'removed') => files.reduce((total, file) => total + (file[of] ?? 0), 0);
  return `+${sum('added')} −${sum('removed')} in ${counted(files.length, 'file')}`;
}
