import type { Tool, Toolset } from '../tool.ts';
import { leaseTools } from './leases.ts';
import { ledgerTools } from './ledger.ts';
import { limits } from './limits.ts';
import { observing } from './observing.ts';
import { sampleTools } from './samples.ts';
import { sessionTools } from './sessions.ts';
import { statsTools } from './stats.ts';
import { steering } from './steering.ts';
import { usageTools } from './usage.ts';
import { cleanupWorktree, worktreeTools } from './worktrees.ts';

export const allTools: Readonly<Record<Toolset, readonly Tool[]>> = {
  // What a delegation needs from start to end, and no more.
  default: [...limits, ...steering, ...observing, cleanupWorktree],
  usage: [...sampleTools, ...usageTools],
  stats: statsTools,
  sessions: sessionTools,
  leases: leaseTools,
  worktrees: worktreeTools,
  ledger: ledgerTools,
};

/** Answered by a server with the default tools, but not listed: a model needs one of them, scripts may call any. */
export const unlisted: readonly Tool[] = sampleTools;
