import type { Input } from '../terminal/input.ts';
import { cell, type Line, line, restyled, span, widthOf, wrapped } from '../text/line.ts';
import { type Closed, closed, type Space, type Widget, type WidgetView } from './widget.ts';

export interface ListItem<T> {
  value: T;
  label: string;
  /** Shown behind the label, quietly. */
  note?: string;
  /** Whether its box is ticked; only for lists in which several can be chosen. */
  ticked?: boolean;
  /** Why it cannot be chosen. */
  unusable?: string;
}

export interface ListSpec<T> {
  title: string;
  /** Lines above the items. */
  intro?: readonly string[];
  items: readonly ListItem<T>[];
  /** The item at the pointer; the first that can be chosen if left out. */
  at?: number;
}

/** A list of which one item is chosen: with arrows and Enter, by its number, or with a click. */
export function listWidget<T>(spec: ListSpec<T>): Widget<T> {
  const first = Math.max(
    0,
    spec.items.findIndex(({ unusable }) => unusable === undefined),
  );
  return pointing(spec, spec.at ?? first, false) as Widget<T>;
}

/** A list of which several items are ticked, with Space, and confirmed with Enter. */
export function ticksWidget<T>(spec: ListSpec<T>): Widget<T[]> {
  return pointing(spec, spec.at ?? 0, true) as Widget<T[]>;
}

function pointing<T>(spec: ListSpec<T>, at: number, many: boolean): Widget<T | T[]> {
  const { items } = spec;
  const move = (to: number) =>
    pointing(spec, items.length === 0 ? 0 : Math.min(items.length - 1, Math.max(0, to)), many);
  const tick = (index: number) => {
    const item = items[index];
    if (!item || item.unusable !== undefined) return move(index);
    const next = items.map((each, place) => (place === index ? { ...each, ticked: !each.ticked } : each));
    return pointing({ ...spec, items: next }, index, many);
  };
  const take = (index: number): Widget<T | T[]> | Closed<T | T[]> => {
    if (many) return closed<T | T[]>(items.filter(({ ticked }) => ticked).map(({ value }) => value));
    const item = items[index];
    return item && item.unusable === undefined ? closed<T | T[]>(item.value) : move(index);
  };
  const self: Widget<T | T[]> = {
    title: spec.title,
    hint: many
      ? 'Space ticks · Enter confirms · Esc leaves'
      : 'Enter takes it · a number marks it · Esc leaves',
    input(input, space) {
      if (input.kind === 'mouse') return clicked(input, space);
      if (input.kind !== 'key') return self;
      if (input.name === 'escape') return closed<T | T[]>(null);
      if (input.name === 'enter') return take(at);
      const page = Math.max(1, space.height - 3);
      const steps: Partial<Record<typeof input.name, number>> = {
        up: at - 1,
        down: at + 1,
        pageup: at - page,
        pagedown: at + page,
        home: 0,
        end: items.length - 1,
      };
      const to = steps[input.name];
      if (to !== undefined) return move(to);
      if (input.name !== 'char' || input.ctrl || input.alt) return self;
      if (input.text === 'j') return move(at + 1);
      if (input.text === 'k') return move(at - 1);
      if (input.text === 'q') return closed<T | T[]>(null);
      if (input.text === ' ' && many) return tick(at);
      const number = Number(input.text);
      if (!/^[1-9]$/.test(input.text) || number > items.length) return self;
      return many ? tick(number - 1) : move(number - 1);
    },
    view: (space) => drawn(spec, at, many, space),
  };
  return self;

  function clicked(
    input: Extract<Input, { kind: 'mouse' }>,
    space: Space,
  ): Widget<T | T[]> | Closed<T | T[]> {
    if (input.action === 'wheel-up') return move(at - 1);
    if (input.action === 'wheel-down') return move(at + 1);
    if (input.action !== 'press') return self;
    const { starts, from, introLines, lines, space: rows } = placed(spec, at, many, space);
    const place = input.row - introLines.length;
    const isOnItem = place >= 0 && place < Math.min(rows, lines.length - from);
    if (!isOnItem || input.column < 0 || input.column >= space.width) return self;
    const index = starts.findLastIndex((start) => start <= place + from);
    if (index < 0) return self;
    if (many) return tick(index);
    return index === at ? take(index) : move(index);
  }
}

/** The lines of all items, where each begins, and the first line that is shown. */
function placed<T>(spec: ListSpec<T>, at: number, many: boolean, { width, height }: Space) {
  const intro = (spec.intro ?? []).flatMap((text) => wrapped(text, width));
  const drawnItems = spec.items.map((item, index) =>
    itemLines(item, index, { isAt: index === at, many, width }),
  );
  const most = Math.max(1, height - Math.min(drawnItems.flat().length, Math.max(1, height - 2)));
  const introLines: Line[] = intro.length > 0 ? [...intro.slice(0, Math.max(0, most - 1)), []] : [];
  const space = Math.max(1, height - introLines.length);
  const starts: number[] = [];
  let total = 0;
  for (const lines of drawnItems) {
    starts.push(total);
    total += lines.length;
  }
  const end = (starts[at] ?? 0) + (drawnItems[at]?.length ?? 1);
  const from = Math.max(0, Math.min(starts[at] ?? 0, Math.max(end - space, 0)));
  return { introLines, lines: drawnItems.flat(), starts, from, space };
}

function drawn<T>(spec: ListSpec<T>, at: number, many: boolean, space: Space): WidgetView {
  const { introLines, lines, from, space: rows } = placed(spec, at, many, space);
  return { lines: [...introLines, ...lines.slice(from, from + rows)].slice(0, space.height), cursor: null };
}

function itemLines<T>(
  item: ListItem<T>,
  index: number,
  { isAt, many, width }: { isAt: boolean; many: boolean; width: number },
): Line[] {
  const box = many ? (item.ticked ? '[x] ' : '[ ] ') : '';
  const lead = `${isAt ? '❯' : ' '} ${String(index + 1).padStart(2)}. ${box}`;
  const indent = widthOf(lead);
  const style = item.unusable === undefined ? {} : { fg: 'quiet' as const };
  const label = wrapped(item.label, Math.max(4, width - indent), style);
  const note = item.unusable ?? item.note;
  const lines = label.map((part, row) => line(row === 0 ? lead : ' '.repeat(indent), ...part));
  const last = lines.at(-1) ?? [];
  const noteSpan = note === undefined ? null : span(`  ${note}`, { fg: 'quiet' });
  const space = width - last.reduce((sum, each) => sum + each.width, 0);
  if (noteSpan && noteSpan.width <= space) lines[lines.length - 1] = [...last, noteSpan];
  else if (note !== undefined)
    lines.push([...cell('', indent), ...wrapped(note, Math.max(4, width - indent), { fg: 'quiet' }).flat()]);
  return isAt ? lines.map((each) => restyled(each, { bold: true })) : lines;
}
