import type { WorkerState } from '../../../events/catalogue/words.ts';
import type { PatchFile } from '../../../workspace/changes/patch-files.ts';

/** Why the work goes on in another conversation. `no_resume`: its agent cannot take up its own. */
export type BriefCause = 'caller' | 'limit' | 'lost' | 'no_resume';

/** A worker of the chain, as AgentPool knows it. */
export interface ChainLink {
  id: string;
  provider: string;
  model: string | null;
}

/** Something that passed between a worker and its caller, in the order of the log. */
export interface ConversationEntry {
  kind: 'asked' | 'answered' | 'keys' | 'sent';
  text: string;
}

/** What a worker changed, without the contents. */
export interface BriefChanges {
  files: Pick<PatchFile, 'path' | 'status' | 'old_path' | 'added' | 'removed'>[];
  /** What is missing from the list, and why. */
  warnings: string[];
}

/** What a worker reported in its result block, or what is known of it without one. */
export interface BriefReport {
  /** Null without a result block. */
  result: {
    summary: string;
    findings: readonly string[];
    blockers: readonly string[];
    confidence: string;
  } | null;
  /** The last messages of the agent, oldest first. */
  said: readonly string[];
  /** The end of its transcript; only where neither a result nor a message is known. */
  transcript: readonly string[];
  commands: readonly string[];
  tests: readonly string[];
}

/** Everything that a brief is made from. Texts of the worker are as they are: the brief redacts and bounds them. */
export interface BriefFacts {
  task: string;
  /** Of the caller who hands the work over. */
  note: string | null;
  because: BriefCause;
  worker: ChainLink & {
    role: string;
    state: WorkerState;
    /** Why it failed or ended, where that is known. */
    reason: string | null;
    /** What its screen said of a limit. */
    limit: readonly string[];
    folder: string;
    branch: string | null;
    /** The commit that the work started from. */
    base: string | null;
  };
  /** Those before it, oldest first. */
  chain: readonly ChainLink[];
  exchanges: readonly ConversationEntry[];
  /** A question of the worker without an answer. */
  openQuestion: string | null;
  report: BriefReport;
  changes: BriefChanges;
}
