import type { Writable } from 'node:stream';
import { shown } from './shown.ts';

const SHOWN = Symbol.for('agentpool.shown-stream');

/**
 * The stream itself, from now on with every text as `shown` gives it. For the streams that a command prints to: its
 * answers, errors and notices pass here. Bytes pass unchanged.
 */
export function shownOn<T extends Writable>(stream: T): T {
  const marked = stream as T & { [SHOWN]?: true };
  if (marked[SHOWN]) return stream;
  marked[SHOWN] = true;
  const write = stream.write.bind(stream) as (chunk: unknown, ...rest: unknown[]) => boolean;
  stream.write = ((chunk: unknown, ...rest: unknown[]) =>
    write(typeof chunk === 'string' ? shown(chunk) : chunk, ...rest)) as T['write'];
  return stream;
}
