import type { PlayedEvent } from '../model/history.ts';
import { sinceStart, span } from '../model/time-words.ts';
import { button, byId, element, icon } from './dom.ts';
import { stateChip } from './signs.ts';
import type { Actions, State, View } from './state.ts';

/** The event that is picked: what it says, and what the log holds of it. */
export class DetailView implements View {
  readonly #state: State;
  readonly #actions: Actions;
  readonly #box = byId('detail');

  constructor(state: State, actions: Actions) {
    this.#state = state;
    this.#actions = actions;
  }

  draw(): void {
    const { picked } = this.#state;
    this.#box.hidden = picked === null;
    if (!picked) {
      this.#box.replaceChildren();
      return;
    }
    const close = button('icon', [icon('close')], () => this.#actions.unpick(), {
      'aria-label': 'Close (Esc)',
    });
    const top = element('div', 'top', [icon(picked.kind), element('h2', '', picked.headline), close]);
    const words = wordsOf(picked);
    this.#box.replaceChildren(
      top,
      ...(words.length > 0 ? [element('div', 'quote', words.join('\n'))] : []),
      this.#facts(picked),
      ...this.#stored(picked),
    );
    this.#box.scrollTop = 0;
  }

  #facts(picked: PlayedEvent): HTMLElement {
    const { history, clock } = this.#state;
    const { stored, at, before, after, headline, description } = picked;
    const facts = element('dl', 'facts');
    const fact = (name: string, value: string | readonly (Node | string)[], className = '') =>
      facts.append(element('dt', '', name), element('dd', className, value));
    const real = history.start + at;
    const ms = String(((real % 1000) + 1000) % 1000).padStart(3, '0');
    if (description !== headline) fact('What', description);
    fact('When', `${clock.day(real)} ${clock.time(real)}.${ms}  ${clock.zone}`, 'mono');
    const previous = history.events.slice(0, picked.index).findLast(({ lane }) => lane === picked.lane);
    const since = previous ? `, ${span(at - previous.at)} after the event before` : '';
    fact('Since', `${sinceStart(at, 3)} from the start${since}`);
    const lane = history.lanes[picked.lane];
    if (lane) fact('Worker', `${lane.letter}  ${lane.session}, ${lane.provider}`);
    if (after !== null)
      fact('State', [
        ...(before !== null && before !== after ? [stateChip(before, { isLong: true }), ' → '] : []),
        stateChip(after, { isLong: true }),
      ]);
    fact('Recorded by', visible(stored.actor));
    fact('Event', `${visible(stored.type)} v${stored.schema_version}`, 'mono');
    fact('Place', `position ${stored.position}, event ${stored.stream_version} of its worker`, 'mono');
    fact('Hash', visible(stored.hash), 'mono');
    const { text, isGood } = this.#chain(picked);
    fact('Chain', text, isGood === null ? '' : isGood ? 'good' : 'bad');
    return facts;
  }

  #chain({ stored, place }: PlayedEvent): { text: string; isGood: boolean | null } {
    const { proof } = this.#state;
    if (!proof) return { text: 'not verified yet', isGood: null };
    const { fault } = proof;
    if (fault?.position === stored.position) return { text: `✗ ${fault.reason}`, isGood: false };
    const link = proof.links[place];
    if (link === undefined)
      return { text: `✗ not verified: the chain breaks at event ${fault?.position}`, isGood: false };
    const text = '✓ computed again here, and the same';
    if (link === 'bridged')
      return {
        text: `${text}; what is left out before it is bridged by the hashes of its rows`,
        isGood: true,
      };
    if (link === 'stated' && place > 0)
      return {
        text: `${text}; that it follows the event before is taken as the file states it`,
        isGood: true,
      };
    return { text, isGood: true };
  }

  #stored({ stored, event }: PlayedEvent): HTMLElement[] {
    const copy = button('plain', 'Copy', async () => {
      try {
        await navigator.clipboard.writeText(JSON.stringify(stored));
        copy.textContent = 'Copied';
      } catch {
        copy.textContent = 'Not allowed here';
      }
    });
    const data = event ? JSON.stringify(event.data, null, 2) : stored.payload;
    return [
      element('h3', '', ['What the log holds', copy]),
      element(
        'pre',
        '',
        visible(
          data.length > MOST_SHOWN
            ? `${data.slice(0, MOST_SHOWN)}\n… ${data.length - MOST_SHOWN} characters more: Copy has all of them`
            : data,
        ),
      ),
    ];
  }
}

const MOST_SHOWN = 50_000;

/** The evidence that is not in the headline already. */
const wordsOf = ({ evidence, headline }: PlayedEvent): string[] => {
  const rest = evidence.filter((line) => line.trim() !== '' && !headline.endsWith(line));
  return rest.length > 200 ? [...rest.slice(0, 200), `… ${rest.length - 200} lines more`] : rest;
};

/** Characters that cannot be seen, or that order what is around them, as their escapes. */
const visible = (text: string): string =>
  text.replace(
    /[\x00-\x09\x0b-\x1f\x7f-\x9f\p{Default_Ignorable_Code_Point}\u2028\u2029\ufff9-\ufffb]/gu,
    (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`,
  );
