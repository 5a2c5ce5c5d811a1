/** What a reactor calls in the watcher. */
export interface ReactorCallbacks {
  /** Writes a line to the watcher's log. */
  log(line: string): void;
  fault(what: string, error: unknown): void;
  /** Ends the sleep of the watcher: there is something to do. */
  wake(): void;
}
