import { stateAt } from '../model/history.ts';
import { sinceStart } from '../model/time-words.ts';
import { button, byId, element, icon, setUse } from './dom.ts';
import { KIND_GROUPS, stateChip } from './signs.ts';
import type { Actions, State, View } from './state.ts';

/** The workers as tabs above the terminal and as labels of the timeline, the clock, and the choices above the list. */
export class BarView implements View {
  readonly #state: State;
  readonly #actions: Actions;
  readonly #tabs: { node: HTMLElement; chip: HTMLElement; text: string }[];

  constructor(state: State, actions: Actions) {
    this.#state = state;
    this.#actions = actions;
    this.#tabs = state.history.lanes.map((_, index) => this.#tab(index));
    byId('tabs').replaceChildren(...this.#tabs.map(({ node }) => node));
    byId('labels').replaceChildren(...state.history.lanes.map((_, index) => this.#label(index)));
    byId('chips').replaceChildren(...KIND_GROUPS.map((_, index) => this.#chip(index)));
  }

  draw(): void {
    const { isAbsolute, isReadable, kinds, speed } = this.#state;
    byId('when').textContent = isAbsolute ? 'Clock time' : 'Since start';
    byId('zoom').setAttribute('aria-pressed', String(!isReadable));
    byId('zoom').title = isReadable ? 'Show the whole screen (z)' : 'Letters of a readable size (z)';
    byId('now-of').textContent = `of ${sinceStart(this.#state.axis.total)}`;
    const select = byId('speed');
    if (select instanceof HTMLSelectElement) select.value = String(speed);
    for (const [index, chip] of [...byId('chips').children].entries())
      chip.setAttribute(
        'aria-pressed',
        String(KIND_GROUPS[index]?.kinds.every((kind) => kinds.has(kind)) ?? false),
      );
    this.move();
  }

  move(): void {
    const { at, clock, history, isPlaying, lane: chosen } = this.#state;
    byId('now').textContent = sinceStart(at);
    byId('now-clock').textContent = clock.time(history.start + at);
    byId('now-clock').title = clock.zone;
    byId('play').setAttribute('aria-label', isPlaying ? 'Pause' : 'Play');
    setUse('play-icon', isPlaying ? 'pause' : 'play');
    for (const [index, lane] of history.lanes.entries()) {
      const tab = this.#tabs[index];
      if (!tab) continue;
      tab.node.setAttribute('aria-checked', String(index === chosen));
      tab.node.tabIndex = index === chosen ? 0 : -1;
      const run = this.#runOf(index);
      const state = stateAt(lane, at);
      const text = `${state} ${run}`;
      if (tab.text === text) continue;
      tab.text = text;
      const chip = stateChip(state);
      if (run > 1) chip.append(element('span', 'run', `run ${run}`));
      tab.chip.replaceWith(chip);
      tab.chip = chip;
    }
  }

  #runOf(index: number): number {
    const recording = this.#state.recordings[index];
    return recording ? recording.runAt(recording.indexAt(this.#state.at)) : 1;
  }

  #tab(index: number): { node: HTMLElement; chip: HTMLElement; text: string } {
    const lane = this.#state.history.lanes[index];
    const chip = stateChip(null);
    const node = button(
      'tab',
      [
        element('span', 'lane-letter', lane?.letter ?? ''),
        element('span', 'who', lane?.provider ?? ''),
        chip,
      ],
      () => this.#actions.choose(index),
      { role: 'radio', title: `${lane?.session}${index < 9 ? ` (${index + 1})` : ''}` },
    );
    return { node, chip, text: '' };
  }

  #label(index: number): HTMLElement {
    const lane = this.#state.history.lanes[index];
    const name = element('span', 'name', [lane?.provider ?? '', element('small', '', lane?.session ?? '')]);
    return button(
      'lane-label',
      [element('span', 'lane-letter', lane?.letter ?? ''), name],
      () => this.#actions.choose(index),
      {
        'aria-label': `Show the terminal of ${lane?.letter}, ${lane?.provider}, ${lane?.session}`,
        title: lane?.task ?? '',
      },
    );
  }

  #chip(index: number): HTMLElement {
    const { history } = this.#state;
    const { name, sign, kinds } = KIND_GROUPS[index] as (typeof KIND_GROUPS)[number];
    const count = history.events.filter(({ kind }) => kinds.includes(kind)).length;
    return button('chip', [icon(sign), `${name} `, element('b', '', String(count))], () =>
      this.#actions.toggleKinds(kinds),
    );
  }
}
