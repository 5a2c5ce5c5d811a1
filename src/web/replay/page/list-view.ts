import { lastAtMost } from '../model/axis.ts';
import { Heights } from '../model/heights.ts';
import { byId, element } from './dom.ts';
import { estimatedHeight, eventRow } from './event-row.ts';
import type { Actions, State, View } from './state.ts';

/** Pixels above and below what is seen that are drawn too. */
const MARGIN = 300;
/** More rows than this are not printed. */
const MOST_PRINTED = 5000;

/** The events. Only the rows in view are in the page, so that thousands of them cost no more than a few. */
export class ListView implements View {
  readonly #state: State;
  readonly #list = byId('list');
  readonly #space = element('div', 'space');
  #heights = new Heights([]);
  #rows = new Map<number, HTMLElement>();
  #now = -1;

  constructor(state: State, actions: Actions) {
    this.#state = state;
    this.#list.append(this.#space);
    this.#list.addEventListener('scroll', () => this.#fill());
    this.#list.addEventListener('click', ({ target }) => {
      const row = target instanceof Element ? target.closest<HTMLElement>('.event') : null;
      const event = row && state.history.events[Number(row.dataset.index)];
      if (event) actions.pick(event);
    });
    addEventListener('beforeprint', () => this.#fillForPrint());
    addEventListener('afterprint', () => this.draw());
  }

  draw(): void {
    const { found, query, data, history } = this.#state;
    this.#heights = new Heights(found.map(estimatedHeight));
    this.#rows.clear();
    this.#now = -1;
    byId('found').textContent =
      found.length === history.events.length
        ? String(found.length)
        : `${found.length} of ${history.events.length}`;
    const nothing =
      data.events.length === 0
        ? 'This page has no events.'
        : query.trim() !== ''
          ? `No event has “${query.trim()}”.`
          : 'No event of this kind.';
    this.#space.replaceChildren(...(found.length === 0 ? [element('p', 'none', nothing)] : []));
    this.#fill();
    this.move();
  }

  move(): void {
    const { found, at, picked } = this.#state;
    let now = lastAtMost(found.length, (index) => (found[index]?.at ?? 0) <= at + 0.5);
    const place = picked ? found.indexOf(picked) : -1;
    if (place >= 0 && found[now]?.at === picked?.at) now = place;
    this.#list.setAttribute('aria-activedescendant', place >= 0 ? `event-${picked?.index}` : '');
    const isMoved = now !== this.#now;
    this.#now = now;
    if (isMoved && now >= 0 && !this.#list.matches(':hover')) this.show(now);
    for (const [index, row] of this.#rows) {
      row.classList.toggle('now', index === now);
      row.setAttribute('aria-selected', String(found[index] === picked));
    }
  }

  /** Scrolls as far as is needed to see a row of those that were found. */
  show(index: number): void {
    const list = this.#list;
    const reach = 30;
    // Twice: what comes into view is measured then, and can be higher than was thought.
    for (let round = 0; round < 2; round++) {
      const [top, bottom] = [this.#heights.top(index), this.#heights.top(index + 1)];
      if (top < list.scrollTop + reach) list.scrollTop = top - reach;
      else if (bottom > list.scrollTop + list.clientHeight - reach)
        list.scrollTop = bottom - list.clientHeight + reach;
      this.#fill();
    }
  }

  focus(): void {
    this.#list.focus();
  }

  #fill(): void {
    const { scrollTop, clientHeight } = this.#list;
    this.#fillBetween(scrollTop - MARGIN, scrollTop + clientHeight + MARGIN);
  }

  #fillBetween(from: number, to: number): void {
    const { found } = this.#state;
    if (found.length === 0) return;
    const heights = this.#heights;
    const first = heights.at(Math.max(0, from));
    const last = heights.at(Math.max(0, to));
    for (const [index, row] of this.#rows) {
      if (index >= first && index <= last) continue;
      row.remove();
      this.#rows.delete(index);
    }
    const added: [number, HTMLElement][] = [];
    for (let index = first; index <= last; index++) {
      const event = found[index];
      if (this.#rows.has(index) || !event) continue;
      const row = eventRow(this.#state, event, index);
      row.classList.toggle('now', index === this.#now);
      this.#rows.set(index, row);
      added.push([index, row]);
    }
    this.#space.append(...added.map(([, row]) => row));
    const measured = added.map(([index, row]) => [index, row.getBoundingClientRect().height] as const);
    for (const [index, height] of measured) if (height > 0) heights.measured(index, height);
    for (const [index, row] of this.#rows) row.style.top = `${heights.top(index)}px`;
    this.#space.style.setProperty('--height', `${heights.total}px`);
  }

  #fillForPrint(): void {
    const heights = this.#heights;
    this.#fillBetween(0, heights.top(Math.min(MOST_PRINTED, heights.count)) - 1);
    const inOrder = [...this.#rows].sort(([one], [other]) => one - other).map(([, row]) => row);
    this.#space.replaceChildren(...inOrder);
  }
}
