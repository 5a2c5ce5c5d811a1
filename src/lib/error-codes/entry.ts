/**
 * The kind of an error says who can fix it, and sets the exit status of the command.
 * - usage: the command line is wrong (2; 64 for `run`, where 2 means that a worker has a question)
 * - rejected: AgentPool understood the call and refuses it (1)
 * - conflict: another process holds the resource or has changed it; trying again may help (1)
 * - corrupt: the ledger or a file is damaged (1)
 * - internal: a fault of AgentPool (1)
 */
export const errorKinds = ['usage', 'rejected', 'conflict', 'corrupt', 'internal'] as const;
export type ErrorKind = (typeof errorKinds)[number];

/** The explanation of an error code for the person who hit it, in whole sentences. */
export interface ErrorEntry {
  kind: ErrorKind;
  means: string;
  /** What to do; \`commands\` between backticks. */
  fix: string;
}

export type ErrorEntries = Readonly<Record<string, ErrorEntry>>;
