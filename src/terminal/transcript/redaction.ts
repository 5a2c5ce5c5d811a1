/**
 * What the owner of a transcript injects, because it belongs to other folders: above all, what removes secrets. As many
 * lines come out as go in.
 */
export interface Redaction {
  /** For text that only grows: returns what may be written, and holds back what may still become a secret. */
  lines(): {
    push(lines: readonly string[]): string[];
    /** The same for lines of printable ASCII that are joined by newlines; both counts are of lines. */
    pushPlain?(lines: { text: string; count: number }): { text: string; count: number };
    flush(): string[];
  };
  /** For a whole text. Keeps its number of lines. */
  text(text: string): string;
  /** False once another process writes this transcript: nothing is written any more. By default, none does. */
  mayWrite?(): boolean;
  /** Called with the error when the transcript cannot be written (a full disk), and with null when all is written again. */
  onFault?(error: unknown): void;
}
