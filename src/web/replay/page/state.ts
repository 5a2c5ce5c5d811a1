import type { EventKind } from '../../../projections/replay/event-kind.ts';
import type { PageData } from '../../../report/replay/page-data.ts';
import type { Proof } from '../chain/proof.ts';
import type { Axis } from '../model/axis.ts';
import type { PlayedEvent, ReplayHistory } from '../model/history.ts';
import type { Clock } from '../model/time-words.ts';
import type { Recording } from '../recording/recording.ts';

/** What the page shows. The views read it; only the actions change it. */
export interface State {
  readonly data: PageData;
  readonly history: ReplayHistory;
  readonly clock: Clock;
  /** By lane; null where a worker has no recording. */
  readonly recordings: readonly (Recording | null)[];
  axis: Axis;
  /** The moment that is shown, in ms from the start. */
  at: number;
  isPlaying: boolean;
  speed: number;
  lane: number;
  picked: PlayedEvent | null;
  query: string;
  kinds: Set<EventKind>;
  /** The events that the list shows. */
  found: PlayedEvent[];
  /** Clock times instead of times since the start. */
  isAbsolute: boolean;
  /** Letters that can be read, instead of the whole screen. */
  isReadable: boolean;
  /** What the hashes say; null while they are computed. */
  proof: Proof | null;
}

/** What a person can do. */
export interface Actions {
  seek(at: number): void;
  play(): void;
  pause(): void;
  togglePlay(): void;
  setSpeed(speed: number): void;
  skipIdle(isOn: boolean): void;
  /** Shows a worker's terminal, and no longer that of the worker that works. */
  choose(lane: number): void;
  follow(isOn: boolean): void;
  pick(event: PlayedEvent): void;
  unpick(): void;
  stepEvent(by: 1 | -1): void;
  stepFrame(by: 1 | -1): void;
  search(query: string): void;
  toggleKinds(kinds: readonly EventKind[]): void;
  toggleTimes(): void;
  toggleSize(): void;
  toggleTheme(): void;
  showProof(): void;
  showHelp(): void;
}

/** A part of the page. */
export interface View {
  /** Draws all of it again: what it shows has changed. */
  draw(): void;
  /** Only the moment has changed. */
  move?(): void;
}
