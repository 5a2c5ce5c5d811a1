import type { Tool, Toolset } from '../tool.ts';
import { leaseTools } from './leases.ts';
import { ledgerTools } from './ledger.ts';
import { limits } from './limits.ts';
import { observing } from './observing.ts';
import { sessionTools } from './sessions.ts';
import { statsTools } from './stats.ts';
import { steering } from './steering.ts';
import { usageTools } from './usage.ts';
import { worktreeTools } from './worktrees.ts';

export const allTools: Readonly<Record<Toolset, readonly Tool[]>> = {
  // What a delegation needs from start to end, and no more.
  default: [...limits, ...steering, ...observing],
  usage: usageTools,
  stats: statsTools,
  sessions: sessionTools,
  leases: leaseTools,
  worktrees: worktreeTools,
  ledger: ledgerTools,
};
