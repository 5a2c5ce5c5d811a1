/** The explanation of an error code for the person who hit it, in whole sentences. */
export interface ErrorEntry {
  means: string;
  /** What to do; \`commands\` between backticks. */
  mend: string;
}

export type ErrorEntries = Readonly<Record<string, ErrorEntry>>;
