import type { Writable } from 'node:stream';
import { bytes } from '../../../lib/text/bytes.ts';
import { counted } from '../../../lib/text/counted.ts';
import { shortSpan } from '../../../lib/time/duration.ts';
import type { GcItem, GcKept, GcReport } from '../../../workers/commands/gc/schema.ts';
import { columnsOf, paint } from '../../text/style.ts';
import { fitEnd, table } from '../../text/table.ts';
import { tilde } from '../../text/tilde.ts';
import { wrap } from '../../text/wrap.ts';

/** What goes, what stays and why. */
export function gcLines(report: GcReport, stream: Writable): string[] {
  const color = paint(stream);
  const { dry_run, removed, kept, not_due } = report;
  const goes = dry_run ? 'would be removed' : 'removed';
  const lines =
    removed.length === 0
      ? [`${color.dim('·')} nothing ${dry_run ? 'would be removed' : 'was removed'}`]
      : [
          `${color.green('✓')} ${goes}: ${sizes(removed.length, report.bytes)}`,
          ...removedLines(removed, stream),
        ];
  if (kept.length > 0) {
    lines.push('', `${color.yellow('!')} kept: ${sizes(kept.length, report.kept_bytes)}`);
    lines.push(...keptLines(kept, stream));
    for (const step of steps(kept)) lines.push(`  ${color.dim('→')} ${step}`);
  }
  const others = [
    not_due.active > 0 ? `${counted(not_due.active, 'worker')} active` : null,
    not_due.recent > 0 ? `${not_due.recent} ended less than ${youngest(report)} ago` : null,
  ].filter((part) => part !== null);
  if (others.length > 0) lines.push('', color.dim(others.join(', ')));
  return lines;
}

const sizes = (count: number, size: number): string => `${counted(count, 'item')}, ${bytes(size)}`;

function removedLines(items: readonly GcItem[], stream: Writable): string[] {
  const { dim } = paint(stream);
  const rows = items.map(({ session_id, what, bytes: size, path }) => [
    session_id,
    what,
    bytes(size),
    tilde(path).replace(/\s+/g, ' '),
  ]);
  const [head = '', ...lines] = table(
    ['WORKER', 'WHAT', 'SIZE', 'PATH'],
    rows,
    columnsOf(stream) - 2,
    3,
    fitEnd,
  ).split('\n');
  const below = items.flatMap(({ note }, index) => [
    `  ${lines[index] ?? ''}`,
    ...(note === null ? [] : [dim(`    ${note}`)]),
  ]);
  return [`  ${head}`, ...below];
}

/** The reason has a line of its own: none is worth much if it is cut. */
function keptLines(items: readonly GcKept[], stream: Writable): string[] {
  const { dim } = paint(stream);
  const rows = items.map(({ session_id, what, bytes: size }) => [
    session_id,
    what,
    size === null ? '' : bytes(size),
  ]);
  const [, ...lines] = table(['WORKER', 'WHAT', 'SIZE'], rows, columnsOf(stream) - 2).split('\n');
  return items.flatMap(({ reason }, index) => [
    `  ${lines[index] ?? ''}`,
    ...wrap(reason, columnsOf(stream) - 4).map((line) => dim(`    ${line}`)),
  ]);
}

/** What to type for the first of each reason: with the id of another worker it is the same for that one. */
function steps(kept: readonly GcKept[]): string[] {
  const first = new Map<string, string>();
  for (const { code, next } of kept) if (next !== null && !first.has(code)) first.set(code, next);
  return [...new Set(first.values())];
}

function youngest({ older_than_seconds }: GcReport): string {
  const limits = Object.values(older_than_seconds).filter((seconds) => seconds !== null);
  return shortSpan(Math.min(...limits) * 1000);
}
