import type { Writable } from 'node:stream';
import { columnsOf, paint } from '../../text/style.ts';
import { wrap } from '../../text/wrap.ts';

/** The agents that are not installed, in one line of the terminal's width or a few: there are more than anyone has. */
export function notInstalled(ids: readonly string[], stream: Writable): string[] {
  if (ids.length === 0) return [];
  const { dim } = paint(stream);
  return wrap(`○ not installed: ${ids.join(', ')}`, columnsOf(stream) - 2).map((line, index) =>
    dim(index === 0 ? line : `  ${line}`),
  );
}
