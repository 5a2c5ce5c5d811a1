import type { Rows } from '../reader.ts';
import { type SessionRow, sessionById } from './queries.ts';

/** The workers of a chain of handovers, oldest first; only the worker itself where its work was never handed over. */
export function chainOf(rows: Rows, session: SessionRow): SessionRow[] {
  const chain = [session];
  const add = (id: string | null, place: 'unshift' | 'push'): SessionRow | null => {
    const found = id === null || chain.some((each) => each.id === id) ? undefined : sessionById(rows, id);
    if (found) chain[place](found);
    return found ?? null;
  };
  for (let first: SessionRow | null = session; first; ) first = add(first.predecessor, 'unshift');
  for (let last: SessionRow | null = session; last; ) last = add(last.successor, 'push');
  return chain;
}

/** The worker that has the work now: the newest of the chain. */
export const newestOf = (rows: Rows, session: SessionRow): SessionRow =>
  chainOf(rows, session).at(-1) ?? session;

/** Whether another worker of its chain runs in the same folder: a process there without a mark may be that one's. */
export const sharesFolder = (rows: Rows, session: SessionRow): boolean =>
  chainOf(rows, session).some(({ id, alive }) => alive === 1 && id !== session.id);
