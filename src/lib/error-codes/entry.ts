/**
 * Who can do something about an error, and what the command exits with.
 * - usage: the words of the call are wrong (2; 64 for `run`, where 2 means that a worker has a question)
 * - rejected: understood, but refused (1)
 * - conflict: another process holds it or has changed it; trying again may help (1)
 * - corrupt: the ledger or a file is damaged (1)
 * - internal: a fault of AgentPool (1)
 */
export const errorKinds = ['usage', 'rejected', 'conflict', 'corrupt', 'internal'] as const;
export type ErrorKind = (typeof errorKinds)[number];

/** What an error code means: for a person who was stopped by it, in whole sentences. */
export interface ErrorEntry {
  kind: ErrorKind;
  means: string;
  /** What to do; \`commands\` between backticks. */
  mend: string;
}

export type ErrorEntries = Readonly<Record<string, ErrorEntry>>;
