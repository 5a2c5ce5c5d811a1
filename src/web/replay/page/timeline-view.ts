import { clamp } from '../model/axis.ts';
import { endOf, type Lane, type PlayedEvent, stateAt } from '../model/history.ts';
import { placedMarks, ticks } from '../model/marks.ts';
import { sinceStart, span } from '../model/time-words.ts';
import { byId, element, icon } from './dom.ts';
import { MARKED_KINDS, STATE_WORDS, signOf } from './signs.ts';
import type { Actions, State, View } from './state.ts';

/** Pixels. They belong to timeline.css. */
const RULER = 20;
const LANE = 46;
const FOOT = 14;

/** The states of all workers over time, with what happened above them. */
export class TimelineView implements View {
  readonly #state: State;
  readonly #actions: Actions;
  readonly #track = byId('track');
  readonly #head = element('div', 'head');
  readonly #hoverText = element('span');
  readonly #hover = element('div', 'hover', [this.#hoverText]);
  #marks = new Map<PlayedEvent, HTMLElement>();
  #isDragged = false;

  constructor(state: State, actions: Actions) {
    this.#state = state;
    this.#actions = actions;
    this.#hover.hidden = true;
    this.#listen();
  }

  draw(): void {
    const { history, axis } = this.#state;
    const width = Math.max(this.#track.clientWidth, 1);
    this.#marks = new Map();
    this.#track.style.height = `${RULER + history.lanes.length * LANE + FOOT}px`;
    this.#track.replaceChildren(
      ...this.#folds(width),
      ...history.lanes.map((lane, index) => this.#lane(lane, index, width)),
      ...this.#handovers(width),
      ...this.#fault(width),
      this.#ruler(width),
      this.#head,
      this.#hover,
    );
    this.#track.setAttribute('aria-valuemax', String(Math.round(axis.total / 1000)));
    this.move();
  }

  move(): void {
    const { at, axis, history, lane, picked } = this.#state;
    this.#head.style.left = `${(axis.toPlay(at) / axis.end) * 100}%`;
    for (const [event, mark] of this.#marks) mark.classList.toggle('picked', event === picked);
    const shown = history.lanes[lane];
    const state = shown ? stateAt(shown, at) : null;
    const words = `${shown?.provider ?? 'worker'} ${state ? STATE_WORDS[state] : 'not started'}`;
    this.#track.setAttribute('aria-valuenow', String(Math.round(at / 1000)));
    this.#track.setAttribute(
      'aria-valuetext',
      `${sinceStart(at, 0)} of ${sinceStart(axis.total, 0)}, ${words}`,
    );
  }

  #place = (real: number, width: number): number =>
    (this.#state.axis.toPlay(real) / this.#state.axis.end) * width;

  #ruler(width: number): HTMLElement {
    const { axis, isAbsolute, clock, history } = this.#state;
    // A clock time is round where the clock is, not where the time since the start is.
    const shift = isAbsolute ? -history.start % 3_600_000 : 0;
    const found = ticks(
      { width, end: axis.end, apart: 62 },
      (place) => axis.toReal((place / width) * axis.end) - shift,
      (real) => this.#place(real + shift, width),
    );
    const nodes = found.map(({ at, place }) => {
      const real = at + shift;
      const isShort = isAbsolute && real % 60_000 === 0;
      const tick = element(
        'div',
        'tick',
        isAbsolute ? clock.time(history.start + real, isShort || axis.end > 600_000) : sinceStart(real, 0),
      );
      tick.style.left = `${place}px`;
      return tick;
    });
    return element('div', 'ruler', nodes);
  }

  #folds(width: number): HTMLElement[] {
    const { axis } = this.#state;
    const nodes: HTMLElement[] = [];
    let lastText = Number.NEGATIVE_INFINITY;
    let lastEnd = Number.NEGATIVE_INFINITY;
    for (const fold of axis.folds) {
      const from = (fold.play / axis.end) * width;
      const to = ((fold.play + axis.playLength(fold)) / axis.end) * width;
      if (to - lastEnd < 2) continue;
      lastEnd = to;
      const node = element('div', 'fold');
      node.style.left = `${from}px`;
      node.style.width = `${Math.max(to - from, 1)}px`;
      nodes.push(node);
      const middle = (from + to) / 2;
      if (middle - lastText < 60) continue;
      lastText = middle;
      const text = element('div', 'fold-text', span(fold.to - fold.from));
      text.style.left = `${clamp(middle, 24, Math.max(width - 24, 24))}px`;
      nodes.push(text);
    }
    return nodes;
  }

  #lane(lane: Lane, index: number, width: number): HTMLElement {
    const own = this.#state.history.events.filter((event) => event.lane === index);
    const row = element('div', 'lane', [
      ...this.#segments(lane, width),
      ...this.#notches(own, width),
      ...this.#laneMarks(own, width),
    ]);
    row.style.top = `${RULER - 2 + index * LANE}px`;
    return row;
  }

  #segments(lane: Lane, width: number): HTMLElement[] {
    const { total } = this.#state.axis;
    const nodes: HTMLElement[] = [];
    let drawnTo = Number.NEGATIVE_INFINITY;
    for (const segment of lane.segments) {
      const end = endOf(lane, segment, total);
      const from = this.#place(segment.from, width);
      const size = Math.max(this.#place(end, width) - from, 2);
      // Thousands of short states take no more nodes than there are pixels.
      if (from + size - drawnTo < 1) continue;
      drawnTo = from + size;
      const { state } = segment;
      const node = element('div', 'segment', '', {
        'data-state': state,
        title: `${STATE_WORDS[state]}, ${span(end - segment.from)}`,
      });
      node.style.left = `${from}px`;
      node.style.width = `${size}px`;
      if (size > 16) {
        const word = STATE_WORDS[state];
        const isLong = size > 28 + word.length * 6.4;
        node.append(
          element('span', isLong ? 'in' : 'in only-sign', [
            element('span', 'sign', signOf(state)),
            isLong ? word : '',
          ]),
        );
      }
      nodes.push(node);
    }
    return nodes;
  }

  #notches(own: readonly PlayedEvent[], width: number): HTMLElement[] {
    const places = new Set(own.map(({ at }) => Math.round(this.#place(at, width))));
    return [...places].map((place) => {
      const node = element('div', 'notch');
      node.style.left = `${place}px`;
      return node;
    });
  }

  /** A mark is where its event happened, the weightiest first; what has no free place is a notch only. */
  #laneMarks(own: readonly PlayedEvent[], width: number): HTMLElement[] {
    const { kinds } = this.#state;
    const wanted = MARKED_KINDS.flatMap((kind) =>
      own.filter((event) => event.kind === kind && !isShownByArrow(event, own)),
    );
    const places = placedMarks(
      wanted.map(({ at }) => this.#place(at, width)),
      width,
    );
    return wanted.flatMap((event, index) => {
      const place = places[index];
      if (place === null || place === undefined) return [];
      // Not for the keyboard or a screen reader: the list has the same events.
      const mark = element('button', 'mark', [icon(event.kind)], {
        type: 'button',
        tabindex: -1,
        'aria-hidden': 'true',
        title: `${sinceStart(event.at)}  ${event.headline}`,
      });
      mark.style.left = `${place}px`;
      mark.addEventListener('click', () => this.#actions.pick(event));
      if (kinds.size > 0 && !kinds.has(event.kind)) mark.classList.add('faded');
      this.#marks.set(event, mark);
      return [mark];
    });
  }

  #handovers(width: number): HTMLElement[] {
    return this.#state.history.events.flatMap((event) => {
      if (!isDrawnAsArrow(event)) return [];
      const [upper, lower] = [event.predecessor as number, event.lane].sort((a, b) => a - b) as [
        number,
        number,
      ];
      const node = element('div', (event.predecessor as number) < event.lane ? 'handover' : 'handover up');
      node.style.left = `${this.#place(event.at, width)}px`;
      node.style.top = `${RULER - 2 + upper * LANE + 42}px`;
      node.style.height = `${(lower - upper) * LANE - 20}px`;
      return [node];
    });
  }

  #fault(width: number): HTMLElement[] {
    const { proof, history } = this.#state;
    const event =
      proof?.fault && history.events.find(({ stored }) => stored.position === proof.fault?.position);
    if (!event) return [];
    const node = element('div', 'break', '', { title: `The chain breaks at event ${event.stored.position}` });
    node.style.left = `${this.#place(event.at, width)}px`;
    return [node];
  }

  #listen(): void {
    const track = this.#track;
    const at = (event: PointerEvent): number => {
      const { left, width } = track.getBoundingClientRect();
      const { axis } = this.#state;
      return axis.toReal(clamp((event.clientX - left) / width, 0, 1) * axis.end);
    };
    const isMark = (event: Event) =>
      event.target instanceof Element && event.target.closest('.mark') !== null;
    track.addEventListener('pointerdown', (event) => {
      if (isMark(event) || event.button !== 0) return;
      track.setPointerCapture(event.pointerId);
      this.#isDragged = true;
      this.#actions.pause();
      this.#actions.seek(at(event));
    });
    track.addEventListener('pointermove', (event) => {
      if (this.#isDragged) this.#actions.seek(at(event));
      if (event.pointerType === 'mouse') this.#showHover(event, at(event));
    });
    for (const end of ['pointerup', 'pointercancel'] as const)
      track.addEventListener(end, () => {
        this.#isDragged = false;
      });
    track.addEventListener('pointerleave', () => {
      this.#hover.hidden = true;
    });
  }

  #showHover(event: PointerEvent, at: number): void {
    const { left, width } = this.#track.getBoundingClientRect();
    const { clock, history } = this.#state;
    this.#hover.hidden = false;
    this.#hover.style.left = `${clamp(event.clientX - left, 0, width)}px`;
    this.#hoverText.textContent = `${sinceStart(at)} · ${clock.time(history.start + at)}`;
  }
}

/** The arrow says that a worker took over, and with it that it was asked for. */
const isShownByArrow = (event: PlayedEvent, own: readonly PlayedEvent[]): boolean =>
  isDrawnAsArrow(event) ||
  (event.stored.type === 'worker.spawn_requested' && own.slice(0, 3).some(isDrawnAsArrow));

/** A handover between two workers of the page is an arrow from one to the other. */
const isDrawnAsArrow = ({ predecessor, lane }: PlayedEvent): boolean =>
  predecessor !== null && predecessor !== lane;
