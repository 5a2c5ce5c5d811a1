import type { Isolation, PromptMode } from '../../../events/catalogue/words.ts';
import type { OnLimit } from '../../../events/catalogue/worker-shapes.ts';

export interface SpawnOptions {
  provider: string;
  task: string;
  repo: string;
  role: string;
  isolation: Isolation;
  runtime: string;
  model: string | null;
  account: string | null;
  allowedFiles: string[];
  maxRuntimeSeconds: number | null;
  maxTurns: number | null;
  supervision: string;
  promptMode: PromptMode;
  reasoningEffort: string | null;
  serviceTier: string | null;
  /** Shell commands of the caller that prepare the worktree; null for those of config.yaml. */
  setup: readonly string[] | null;
  /** What happens when it stops at a limit; nothing if left out. */
  onLimit?: OnLimit;
  /** The caller's notes, stored with the session. */
  metadata?: Record<string, unknown>;
}

/** What a request is that asks for nothing beyond a provider, a task and a place. */
export const nothingMore = () =>
  ({
    runtime: 'tmux',
    allowedFiles: [],
    maxRuntimeSeconds: null,
    maxTurns: null,
    supervision: 'interactive',
    promptMode: 'provider_default',
    reasoningEffort: null,
    serviceTier: null,
    setup: null,
  }) satisfies Partial<SpawnOptions>;

/** With the id of its provider, and the key of its account. */
export type SpawnRequest = SpawnOptions & { key: string };
