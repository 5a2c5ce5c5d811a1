import type { Tool, Toolset } from '../tool.ts';
import { defaultTools } from './default.ts';
import { leaseTools } from './leases.ts';
import { ledgerTools } from './ledger.ts';
import { sessionTools } from './sessions.ts';
import { statsTools } from './stats.ts';
import { usageTools } from './usage.ts';
import { worktreeTools } from './worktrees.ts';

export const allTools: Readonly<Record<Toolset, readonly Tool[]>> = {
  default: defaultTools,
  usage: usageTools,
  stats: statsTools,
  sessions: sessionTools,
  leases: leaseTools,
  worktrees: worktreeTools,
  ledger: ledgerTools,
};
