import type { PlayedEvent } from '../model/history.ts';
import { around, parts } from '../model/search.ts';
import { sinceStart } from '../model/time-words.ts';
import { element, icon } from './dom.ts';
import { stateChip } from './signs.ts';
import type { State } from './state.ts';

const IMPORTANT: ReadonlySet<string> = new Set(['note', 'state']);

/** Above this many letters a headline of words takes more than one line. */
const LONG = 44;

/** How high a row will be, before it is drawn. */
export function estimatedHeight(event: PlayedEvent): number {
  const isTall = isWhole(event) && event.headline.length > LONG;
  return 27 + (isTall ? 18 : 0) + (secondLine(event, '') === null ? 0 : 16);
}

const isWhole = ({ kind }: PlayedEvent): boolean =>
  kind === 'question' || kind === 'approval' || kind === 'answer';

/** What is below the headline: what was found, else what led to it. */
function secondLine(event: PlayedEvent, query: string): string | null {
  const deep = around(event, query);
  if (deep !== null) return deep;
  const { headline, description, evidence, before, after } = event;
  const first = isWhole(event)
    ? ''
    : (evidence.find((line) => line.trim() !== '' && !headline.includes(line)) ?? '');
  const words = headline === description ? first : description;
  return words !== '' || (after !== null && after !== before) ? words : null;
}

/** A row of the list. */
export function eventRow(state: State, event: PlayedEvent, place: number): HTMLElement {
  const { history, query, isAbsolute, clock, proof } = state;
  const { stored, kind, headline, before, after, at } = event;
  const fault = proof?.fault?.position === stored.position ? proof.fault : null;
  const isUnproven =
    proof?.fault !== undefined && proof.fault !== null && stored.position > proof.fault.position;
  const lane = history.lanes[event.lane];
  const row = element(
    'div',
    ['event', IMPORTANT.has(kind) ? '' : 'important', isWhole(event) ? 'whole' : ''].join(' ').trim(),
    [
      element('span', 'at', isAbsolute ? clock.time(history.start + at) : `+${sinceStart(at)}`, {
        title: stored.occurred_at,
      }),
      element('span', 'lane-letter', lane?.letter ?? '', { title: lane?.session ?? '' }),
      icon(fault ? 'broken' : kind),
      element('span', 'says', marked(headline, query), { title: headline }),
    ],
    {
      id: `event-${event.index}`,
      role: 'option',
      'data-index': event.index,
      'data-kind': kind,
      'aria-setsize': state.found.length,
      'aria-posinset': place + 1,
      'aria-selected': String(event === state.picked),
    },
  );
  const second = secondLine(event, query);
  if (second !== null) {
    const chip = after !== null && after !== before ? [stateChip(after)] : [];
    row.append(element('div', 'more', [...chip, element('span', 'quote', marked(second, query))]));
  }
  if (fault) {
    row.classList.add('broken');
    row.append(
      element('div', 'fault', `The chain breaks here, at event ${stored.position}: ${fault.reason}.`),
    );
  } else if (isUnproven) {
    row.classList.add('unproven');
    row.title = 'Not verified: the chain breaks before it';
  }
  return row;
}

const marked = (text: string, query: string): (Node | string)[] =>
  parts(text, query).map((part, index) => (index % 2 === 1 ? element('mark', '', part) : part));
