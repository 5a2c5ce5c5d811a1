/** What stands behind a code: for a person who was stopped by it, in whole sentences. */
export interface ErrorEntry {
  means: string;
  /** What to do; \`commands\` between backticks. */
  mend: string;
}

export type ErrorEntries = Readonly<Record<string, ErrorEntry>>;
