/** What the parts of the watcher call in it. */
export interface WatcherCallbacks {
  /** Writes a line to the watcher's log. */
  log(line: string): void;
  fault(what: string, error: unknown): void;
  /** Ends the sleep of the watcher: there is something to do. */
  wake(): void;
}
