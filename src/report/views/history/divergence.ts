import type { Writable } from 'node:stream';
import { stripControl } from '../../../lib/text/plain-text.ts';
import type { Divergence } from '../../../projections/replay/replay.ts';
import { paint } from '../../text/style.ts';

/** A divergence for a person: where it is, what was expected, what was found. */
export function divergenceLines(
  { message, expected, actual, event }: Divergence,
  stream: Writable,
): string[] {
  const color = paint(stream);
  const where = event
    ? `event ${event.position} (${event.type}, ${event.id}) of ${event.stream}`
    : 'the ledger';
  return [
    `${color.red('✗')} ${stripControl(message)}`,
    color.dim(`    at       ${stripControl(where)}`),
    `    expected ${shown(expected)}`,
    `    actual   ${shown(actual)}`,
  ];
}

const shown = (value: unknown): string => {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? 'nothing');
  return stripControl(text).replaceAll('\n', ' ');
};
