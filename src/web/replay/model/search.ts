import type { EventKind } from '../../../projections/replay/event-kind.ts';
import type { PlayedEvent } from './history.ts';

/** What is searched in: made at the first search, since it is as large as all payloads. */
const searched = new WeakMap<PlayedEvent, string>();

function textOf(played: PlayedEvent): string {
  let text = searched.get(played);
  if (text === undefined) {
    const { stored, headline, description } = played;
    text =
      `${stored.position} ${stored.type} ${stored.actor} ${headline} ${description} ${stored.payload}`.toLowerCase();
    searched.set(played, text);
  }
  return text;
}

/** The events that have a text and are of one of these kinds; without kinds, of any. */
export function found(
  events: readonly PlayedEvent[],
  query: string,
  kinds: ReadonlySet<EventKind>,
): PlayedEvent[] {
  const wanted = query.trim().toLowerCase();
  if (wanted === '' && kinds.size === 0) return [...events];
  return events.filter(
    (played) =>
      (kinds.size === 0 || kinds.has(played.kind)) && (wanted === '' || textOf(played).includes(wanted)),
  );
}

/** The place where a text that is not in the headline was found, with what is around it; null if it is in plain view. */
export function around({ stored, headline, description }: PlayedEvent, query: string): string | null {
  const wanted = query.trim().toLowerCase();
  if (wanted === '' || `${headline} ${description}`.toLowerCase().includes(wanted)) return null;
  const at = stored.payload.toLowerCase().indexOf(wanted);
  if (at < 0) return `${stored.type} · ${stored.actor} · ${stored.position}`;
  return `${at > 16 ? '…' : ''}${stored.payload.slice(Math.max(0, at - 16), at + wanted.length + 60)}`;
}

/** A text cut at each place where the query is in it; every second part is a match. */
export function parts(text: string, query: string): string[] {
  const wanted = query.trim().toLowerCase();
  if (wanted === '') return [text];
  const low = text.toLowerCase();
  // Lower case can be longer than what it is made of: then the places do not fit.
  if (low.length !== text.length) return [text];
  const cut: string[] = [];
  let from = 0;
  for (let at = low.indexOf(wanted); at >= 0; at = low.indexOf(wanted, from)) {
    cut.push(text.slice(from, at), text.slice(at, at + wanted.length));
    from = at + wanted.length;
  }
  return [...cut, text.slice(from)];
}
