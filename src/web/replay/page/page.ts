import type { EventKind } from '../../../projections/replay/event-kind.ts';
import { PartProof } from '../chain/proof.ts';
import { links } from '../chain/sha256.ts';
import { Axis, clamp } from '../model/axis.ts';
import type { PlayedEvent } from '../model/history.ts';
import { found } from '../model/search.ts';
import { BarView } from './bar-view.ts';
import { DetailView } from './detail-view.ts';
import { byId, dialogById, inputById } from './dom.ts';
import { ListView } from './list-view.ts';
import type { LoadedPage } from './load.ts';
import { Player } from './player.ts';
import { ProofView } from './proof-view.ts';
import type { Actions, State } from './state.ts';
import { TerminalView } from './terminal-view.ts';
import { Theme } from './theme.ts';
import { TimelineView } from './timeline-view.ts';

/** How long the verification may keep the page from answering, in ms. */
const SLICE_MS = 30;

/** The page: what a person does changes the state, and the views show it. */
export class Page implements Actions {
  readonly state: State;
  readonly #gaps: LoadedPage['gaps'];
  readonly #terminal: TerminalView;
  readonly #timeline: TimelineView;
  readonly #list: ListView;
  readonly #detail: DetailView;
  readonly #proof: ProofView;
  readonly #bar: BarView;
  readonly #player: Player;
  readonly #theme: Theme;

  constructor({ gaps, ...loaded }: LoadedPage) {
    this.#gaps = gaps;
    this.state = {
      ...loaded,
      axis: new Axis([], { isFolded: true }),
      at: 0,
      isPlaying: false,
      speed: 1,
      lane: 0,
      picked: null,
      query: '',
      kinds: new Set(),
      found: loaded.history.events,
      isAbsolute: false,
      isReadable: innerWidth <= 860,
      proof: null,
    };
    this.state.axis = this.#axis(true);
    this.#terminal = new TerminalView(this.state, this);
    this.#timeline = new TimelineView(this.state, this);
    this.#list = new ListView(this.state, this);
    this.#detail = new DetailView(this.state, this);
    this.#proof = new ProofView(this.state, this);
    this.#bar = new BarView(this.state, this);
    this.#player = new Player(this.state, {
      seek: (at) => this.#moveTo(at),
      changed: () => this.#bar.move(),
    });
    this.#theme = new Theme((name) => this.#terminal.setTheme(name));
  }

  draw(): void {
    this.#theme.paint();
    this.#bar.draw();
    this.#timeline.draw();
    this.#list.draw();
    this.#proof.draw();
  }

  /** The place changed its size. */
  resized(): void {
    this.#terminal.fit();
    this.#timeline.draw();
  }

  async verify(): Promise<void> {
    const check = new PartProof(links, this.state.data.events, this.#gaps);
    let since = performance.now();
    while (check.step()) {
      if (performance.now() - since < SLICE_MS) continue;
      this.#proof.progress(check.proof.verified);
      await new Promise((done) => setTimeout(done));
      since = performance.now();
    }
    this.state.proof = check.proof;
    this.#proof.draw();
    this.#timeline.draw();
    this.#list.draw();
    this.#detail.draw();
  }

  /** Opens the event that the address names. */
  openLink(): void {
    const [, position] = /^#event=(\d{1,16})$/.exec(location.hash) ?? [];
    if (position === undefined) return;
    const event = this.state.history.events.find(({ stored }) => stored.position === Number(position));
    if (event) this.pick(event);
  }

  seek(at: number): void {
    this.#player.pause();
    this.#moveTo(at);
  }

  play = (): void => this.#player.play();
  pause = (): void => this.#player.pause();
  togglePlay = (): void => (this.state.isPlaying ? this.pause() : this.play());

  setSpeed(speed: number): void {
    if (speed > 0) this.state.speed = speed;
    this.#bar.draw();
  }

  skipIdle(isOn: boolean): void {
    this.state.axis = this.#axis(isOn);
    this.#bar.draw();
    this.#timeline.draw();
  }

  choose(lane: number): void {
    inputById('follow').checked = false;
    this.#show(lane);
  }

  follow(isOn: boolean): void {
    if (isOn) this.#followWork();
  }

  pick(event: PlayedEvent): void {
    this.pause();
    this.state.picked = event;
    this.state.lane = event.lane;
    this.#detail.draw();
    this.#moveTo(event.at, { follows: false });
    const place = this.state.found.indexOf(event);
    if (place >= 0) this.#list.show(place);
    try {
      history.replaceState(null, '', `#event=${event.stored.position}`);
    } catch {
      // A page without an address of its own.
    }
  }

  unpick(): void {
    this.state.picked = null;
    this.#detail.draw();
    this.#move();
    this.#list.focus();
  }

  stepEvent(by: 1 | -1): void {
    const { found: seen, picked, at } = this.state;
    const here = picked && Math.abs(picked.at - at) < 1 ? seen.indexOf(picked) : -1;
    const next =
      here >= 0
        ? here + by
        : by > 0
          ? seen.findIndex((event) => event.at > at || at === 0)
          : seen.findLastIndex((event) => event.at < at);
    const event = seen[next];
    if (event) this.pick(event);
  }

  stepFrame(by: 1 | -1): void {
    const recording = this.state.recordings[this.state.lane];
    if (!recording) return;
    const index = clamp(recording.indexAt(this.state.at) + by, 0, recording.times.length - 1);
    this.seek(recording.times[index] ?? 0);
  }

  search(query: string): void {
    this.state.query = query;
    this.#filter();
  }

  toggleKinds(kinds: readonly EventKind[]): void {
    const chosen = this.state.kinds;
    const isOn = kinds.every((kind) => chosen.has(kind));
    for (const kind of kinds) isOn ? chosen.delete(kind) : chosen.add(kind);
    this.#filter();
    this.#bar.draw();
    this.#timeline.draw();
  }

  toggleTimes(): void {
    this.state.isAbsolute = !this.state.isAbsolute;
    this.#bar.draw();
    this.#list.draw();
    this.#timeline.draw();
  }

  toggleSize(): void {
    this.state.isReadable = !this.state.isReadable;
    this.#bar.draw();
    this.#terminal.draw();
  }

  toggleTheme = (): void => this.#theme.next();
  showProof = (): void => this.#proof.open();
  showHelp = (): void => dialogById('help').showModal();

  #filter(): void {
    const { history, query, kinds } = this.state;
    this.state.found = found(history.events, query, kinds);
    this.#list.draw();
  }

  #moveTo(at: number, { follows = true } = {}): void {
    this.state.at = clamp(at, 0, this.state.axis.total);
    if (follows) this.#followWork();
    this.#move();
  }

  #move(): void {
    this.#terminal.move();
    this.#timeline.move();
    this.#list.move();
    this.#bar.move();
  }

  #show(lane: number): void {
    this.state.lane = lane;
    this.#move();
  }

  /** Shows the terminal of the worker of the last event, unless a person has chosen one. */
  #followWork(): void {
    if (!inputById('follow').checked) return;
    const { history, at, lane } = this.state;
    const last = history.events.findLast(
      (event) => event.at <= at + 0.5 && !AFTERWARDS.has(event.stored.type),
    );
    if (last && last.lane !== lane) this.#show(last.lane);
  }

  #axis(isFolded: boolean): Axis {
    const { history, recordings } = this.state;
    const times = [
      ...history.events.map(({ at }) => at),
      ...recordings.flatMap((recording) => recording?.times ?? []),
    ];
    return new Axis(Float64Array.from(times).sort(), { isFolded });
  }
}

/** Events that are no work of the worker: they do not bring its terminal forward. */
const AFTERWARDS: ReadonlySet<string> = new Set([
  ...['worker.collected', 'worker.termination_requested', 'worker.terminated'],
  ...['worktree.removed', 'worker.handed_over', 'worker.patch_applied', 'worker.files_removed'],
]);

/** What the buttons and boxes of page.html do. */
export function wire(page: Page): void {
  const click = (id: string, act: () => void) => byId(id).addEventListener('click', act);
  click('play', page.togglePlay);
  click('prev', () => page.stepEvent(-1));
  click('next', () => page.stepEvent(1));
  click('zoom', () => page.toggleSize());
  click('when', () => page.toggleTimes());
  click('theme', page.toggleTheme);
  click('keys', page.showHelp);
  const checked = (id: string, act: (isOn: boolean) => void) =>
    inputById(id).addEventListener('change', () => act(inputById(id).checked));
  checked('idle', (isOn) => page.skipIdle(isOn));
  checked('follow', (isOn) => page.follow(isOn));
  byId('speed').addEventListener('change', ({ target }) => {
    if (target instanceof HTMLSelectElement) page.setSpeed(Number(target.value));
  });
  for (const dialog of document.querySelectorAll('dialog'))
    dialog.addEventListener('click', ({ target }) => {
      if (target === dialog) dialog.close();
    });
  let waiting: ReturnType<typeof setTimeout> | undefined;
  addEventListener('resize', () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => page.resized(), 80);
  });
  addEventListener('hashchange', () => page.openLink());
}
