/** So long without output are a pause, in milliseconds. */
const QUIET_MS = 50;
/** After so long without a pause much may wait in the memory of tmux. */
const LONG_MS = 15_000;
/** A screen that is drawn again and again has no pause either, and is read as it comes: so few bytes are no flood. */
const LONG_BYTES = 2 << 20;
/** Fewer bytes since the last pause leave nothing behind them. */
const BUSY_BYTES = 16 << 10;
/** Where nothing has come for so long nothing more waits, also on a machine with much to do. */
const READ_MS = 250;

/** How a pane prints: where it prints faster than it is read, the rest waits in tmux. The clock is an argument. */
export class BusyOutput {
  #since = 0;
  #bytes = 0;
  #readAt = 0;

  /** Reading begins, with nothing that waits. */
  begin(now: number): void {
    this.#readAt = now;
    this.#restart(now);
  }

  /** So many bytes have come. */
  came(bytes: number, now: number): void {
    if (now - this.#readAt > QUIET_MS) this.#restart(now);
    this.#readAt = now;
    this.#bytes += bytes;
  }

  /** What has come is on the screen. */
  read(now: number): void {
    this.#readAt = now;
  }

  /** Whether more of what was printed may be on its way. */
  isBusy(now: number): boolean {
    return this.#bytes > BUSY_BYTES && now - this.#readAt <= READ_MS;
  }

  /** Whether it has gone on for long without a pause. */
  isLong(now: number): boolean {
    return now - this.#since > LONG_MS && this.#bytes > LONG_BYTES;
  }

  #restart(now: number): void {
    this.#since = now;
    this.#bytes = 0;
  }
}
