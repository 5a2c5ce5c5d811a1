import type { Writable } from 'node:stream';
import { counted } from '../../../lib/text/counted.ts';
import type { SeenMachine } from '../../../projections/seen-machine.ts';
import { paint } from '../../text/style.ts';
import { relative } from '../../text/time.ts';

/** A machine says every 20 seconds that it is there: one that was seen longer ago may have gone on without being seen. */
const OLD_MS = 120_000;

/** The machines that are named; `agentpool fleet status` has all of them. */
const MOST = 5;

/** A line for each machine of which what is shown may be old, or that could not be read. */
export function agesOfMachines(machines: readonly SeenMachine[], now: Date, stream: Writable): string[] {
  const mark = paint(stream).yellow('!');
  const old = machines.flatMap((machine) => {
    const age = ageWords(machine, now);
    return age === null ? [] : [`${mark} ${machine.name}: ${age}`];
  });
  const more = old.length - MOST;
  return more > 0 ? [...old.slice(0, MOST), `${mark} ${more} more: agentpool fleet status`] : old;
}

function ageWords(
  { fault, has_left, last_seen, last_seen_ms_ago, lag }: SeenMachine,
  now: Date,
): string | null {
  const missing = lag > 0 ? `${counted(lag, 'event')} not here yet` : null;
  if (fault !== null) return fault;
  if (has_left) return 'has left the fleet';
  if (last_seen === null || last_seen_ms_ago === null) return missing ?? 'when it was last seen is not known';
  if (last_seen_ms_ago < OLD_MS) return missing;
  return [`last seen ${relative(last_seen, now)}`, ...(missing === null ? [] : [missing])].join(', ');
}
