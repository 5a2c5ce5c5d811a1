import type { Config } from '../../../config/schema.ts';
import { AgentPoolError } from '../../../lib/errors.ts';
import { readDuration } from '../../../lib/time/duration.ts';
import type { RetentionLimits } from './plan.ts';

const EXAMPLE = 'agentpool gc --older-than 30d --dry-run';

/** The retention of config.yaml; null if everything is kept for ever. */
export function retentionOf({ retention }: Pick<Config, 'retention'>): RetentionLimits | null {
  const limits = {
    worktree: readDuration(retention.worktrees),
    recording: readDuration(retention.recordings),
    artifacts: readDuration(retention.artifacts),
  };
  return Object.values(limits).every((limit) => limit === null) ? null : limits;
}

/** What a caller asks for: one age for everything, or that of config.yaml. @throws INVALID_REQUEST */
export function limitsFrom(
  config: Pick<Config, 'retention'>,
  olderThan: string | undefined,
): RetentionLimits {
  if (olderThan === undefined) {
    const limits = retentionOf(config);
    if (limits) return limits;
    throw invalid(
      'Say how old what is removed must be: no retention is set in config.yaml. Nothing was removed.',
    );
  }
  const limit = readDuration(olderThan);
  if (limit === null)
    throw invalid(
      `--older-than ${JSON.stringify(olderThan)}: write a number and s, m, h or d, for example 30d.`,
    );
  return { worktree: limit, recording: limit, artifacts: limit };
}

const invalid = (message: string) => new AgentPoolError('INVALID_REQUEST', message, { example: EXAMPLE });
