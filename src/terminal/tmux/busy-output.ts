/** So long without output are a pause, in milliseconds. */
const QUIET_MS = 50;
/** After so long without a pause the output waits in the memory of tmux. */
const MOST_BUSY_MS = 15_000;
/** A screen that is drawn again and again has no pause either, and is read as it comes: so few bytes are no flood. */
const LEAST_BYTES = 2 << 20;

/** Whether a pane prints more than is read. The clock is an argument. */
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

  isBehind(now: number): boolean {
    return now - this.#since > MOST_BUSY_MS && this.#bytes > LEAST_BYTES;
  }

  #restart(now: number): void {
    this.#since = now;
    this.#bytes = 0;
  }
}
