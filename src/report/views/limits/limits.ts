import type { Capacity, CapacityRow } from '../../../usage/capacity/capacity.ts';
import { painted } from '../../text/style.ts';
import { fit } from '../../text/table.ts';
import { widthOf } from '../../text/width.ts';
import { wrap } from '../../text/wrap.ts';
import { blockOf, type PaintText, padded, type RenderOptions } from './limit-block.ts';
import { whyNotNow } from './limit-reasons.ts';

export type { RenderOptions };

/**
 * What is used of each limit, never wider than the terminal: who can be used now, then a block per provider. Agents that
 * are not installed share a line. Our own fakes, which have no limits, are left out if there is any other provider.
 */
export function renderCapacity(capacity: Capacity, options: RenderOptions): string {
  const { rows, missing } = partsOf(capacity, options);
  const blocks = blocksOf(capacity, rows, options);
  const parts = [
    headOf(rows, options),
    ...blocks,
    missing.length > 0 ? absent(missing, options) : [],
    footOf(rows, blocks.length > 0, options),
  ];
  return parts
    .filter((part) => part.length > 0)
    .map((part) => part.join('\n'))
    .join('\n\n');
}

/** The blocks alone, for a view that is redrawn while providers are asked. */
export const capacityRows = (capacity: Capacity, options: RenderOptions): string[] =>
  blocksOf(capacity, partsOf(capacity, options).rows, options).flat();

function partsOf(
  { providers }: Capacity,
  { includeFakes = false }: RenderOptions,
): { rows: CapacityRow[]; missing: CapacityRow[] } {
  const all = Object.values(providers);
  const real = includeFakes ? all : all.filter(({ source }) => source !== 'fake');
  const reported = real.length > 0 ? real : all;
  const isMissing = ({ unusable_reason }: CapacityRow): boolean => unusable_reason === 'not_installed';
  return { rows: reported.filter((row) => !isMissing(row)), missing: reported.filter(isMissing) };
}

function blocksOf(capacity: Capacity, rows: readonly CapacityRow[], options: RenderOptions): string[][] {
  const name = Math.min(24, Math.max(0, ...rows.map(({ provider_id }) => widthOf(provider_id))));
  const look = { ...options, paint: painter(options.color), least: capacity.min_remaining_percent, name };
  return rows.map((row) => blockOf(row, look)).filter((lines) => lines.length > 0);
}

function painter(color: boolean): PaintText {
  const paint = painted(color);
  return (style, text) => (text === '' ? '' : paint[style](text));
}

/** The heads of the two groups, as wide as the longer one. */
const [USABLE, NOT] = ['USABLE NOW', 'NOT NOW'];
const HEAD = '● '.length + USABLE.length + 3;
/** In fewer columns each head has its own line. */
const WIDE = 60;

function headOf(rows: readonly CapacityRow[], options: RenderOptions): string[] {
  const paint = painter(options.color);
  const [usable, others] = [rows.filter((row) => row.usable), rows.filter((row) => !row.usable)];
  const room = options.columns >= WIDE ? options.columns - HEAD : options.columns - 2;
  const names = flow(
    usable.map(({ provider_id }) => provider_id),
    room,
  );
  const longest = Math.max(0, ...others.map(({ provider_id }) => widthOf(provider_id)));
  const reasons = others.flatMap((row) => reasonLines(row, longest, room, options));
  return [
    ...group(paint('green', '●'), USABLE, names, options),
    ...group(paint('red', '○'), NOT, reasons, options),
  ];
}

function reasonLines(row: CapacityRow, longest: number, room: number, options: RenderOptions): string[] {
  const why = whyNotNow(row, options);
  const indent = Math.min(longest, 24) + 2;
  if (room - indent < 24)
    return [fit(row.provider_id, room), ...hanging(why, room - 2).map((line) => `  ${line}`)];
  const name = padded(fit(row.provider_id, indent - 2), indent);
  return hanging(why, room - indent).map(
    (line, index) => `${index === 0 ? name : ' '.repeat(indent)}${line}`,
  );
}

/** A reason may be the words of a provider: at most three lines of it. */
function hanging(text: string, width: number): string[] {
  const lines = wrap(text, width);
  const shown = lines.length > 3 ? [...lines.slice(0, 2), lines.slice(2).join(' ')] : lines;
  return shown.map((line) => fit(line, width));
}

function group(sign: string, head: string, lines: readonly string[], { columns }: RenderOptions): string[] {
  if (lines.length === 0) return [];
  if (columns < WIDE) return [`${sign} ${fit(head, columns - 2)}`, ...lines.map((line) => `  ${line}`)];
  return lines.map((line, index) =>
    index === 0 ? `${sign} ${padded(head, HEAD - 2)}${line}` : `${' '.repeat(HEAD)}${line}`,
  );
}

/** Names on as many lines as they need. */
function flow(names: readonly string[], width: number): string[] {
  const lines: string[] = [];
  for (const name of names.map((each) => fit(each, width))) {
    const longer = `${lines.at(-1)}   ${name}`;
    if (lines.length > 0 && widthOf(longer) <= width) lines[lines.length - 1] = longer;
    else lines.push(name);
  }
  return lines;
}

function absent(rows: readonly CapacityRow[], { columns, color }: RenderOptions): string[] {
  const names = rows.map(({ provider_id }) => provider_id).join(', ');
  return wrap(`not installed: ${names}`, columns - 2).map((line, index) =>
    painter(color)('dim', `${index === 0 ? '○ ' : '  '}${fit(line, columns - 2)}`),
  );
}

const LEGEND = '█ used   │ where time is';
const AGAIN = 'ask again: agentpool usage-summary --refresh';

function footOf(
  rows: readonly CapacityRow[],
  hasBlocks: boolean,
  { columns, color }: RenderOptions,
): string[] {
  if (rows.length === 0) return [fit('No agent is installed.', columns)];
  const paint = painter(color);
  if (!hasBlocks) return wrap(AGAIN, columns).map((line) => paint('dim', fit(line, columns)));
  if (LEGEND.length + AGAIN.length + 3 > columns)
    return [LEGEND, ...wrap(AGAIN, columns)].map((line) => paint('dim', fit(line, columns)));
  return [paint('dim', `${LEGEND}${AGAIN.padStart(Math.min(columns, 78) - LEGEND.length)}`)];
}
