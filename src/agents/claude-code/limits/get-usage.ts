import type { Finished } from '../../../lib/process/child.ts';
import { BILLED_BY_KEY } from '../../contract/descriptor.ts';
import { converse, run } from '../../contract/limits/converse.ts';
import { failedRequest } from '../../contract/limits/http.ts';
import {
  answer,
  failure,
  NO_LIMITS,
  type SourceContext,
  type UsageFailure,
  type UsageReading,
  type UsageSource,
} from '../../contract/limits/reading.ts';
import { type Json, jsonLines, printedJson, record, text } from '../../contract/limits/values.ts';
import { parseClaudeAuth } from '../descriptor.ts';
import { claudeAccount } from './account.ts';
import { readClaudeCache } from './cache.ts';
import { readClaudeLimits } from './limits.ts';
import { CLAUDE_ENV, THROUGH_CLAUDE } from './program.ts';

const QUESTION = {
  type: 'control_request',
  request_id: 'u1',
  request: { subtype: 'get_usage', skip_behaviors: true },
};

/** Claude answers from its cache for an hour after the fetch: an age that is not known is taken for this. */
const CACHE_MS = 3_600_000;

const ARGS = [
  '-p',
  '--input-format=stream-json',
  '--output-format=stream-json',
  '--verbose',
  '--no-session-persistence',
  '--strict-mcp-config',
  '--tools=',
  '--settings={"disableAllHooks":true}',
];

/**
 * Asks Claude Code itself through its control protocol (real binary, 2.1.330; not there before 2.1.174).
 * Claude fetches the figures with its own login; no prompt is sent, so no model turn is spent.
 */
export const claudeGetUsage: UsageSource = {
  id: 'claude-get-usage',
  ...THROUGH_CLAUDE,
  account: claudeAccount,
  async read(context) {
    if (context.agent === null) return failure('not_found', 'claude is not installed');
    const talk = await converse(context, {
      program: context.agent,
      args: ARGS,
      env: CLAUDE_ENV,
      say: `${JSON.stringify(QUESTION)}\n`,
      done: (printed) => jsonLines(printed).some(isAnswer),
    });
    if (talk.failure) return talk.failure;
    const reading = parseClaudeGetUsage(talk.printed, context.now());
    if (!reading.answered && reading.outcome === 'unsupported')
      return withLogin(reading, context.agent, context);
    return withCacheTime(reading, context);
  },
};

const isAnswer = (line: Json): boolean =>
  line.type === 'control_response' && record(line.response)?.request_id === 'u1';

/**
 * A signed-out Claude, one with an API key and one that is too old for the question answer alike: the offline
 * `auth status` distinguishes them. A subscription that it names has limits, which the next source has to read.
 */
async function withLogin(
  reading: UsageFailure,
  program: readonly string[],
  context: SourceContext,
): Promise<UsageReading> {
  const ran = await run(context, { program, args: ['auth', 'status'], env: CLAUDE_ENV });
  return readingOfLogin(reading, ran);
}

export function readingOfLogin(
  reading: UsageFailure,
  ran: Pick<Finished, 'stdout' | 'timed_out'>,
): UsageReading {
  const auth = parseClaudeAuth(ran);
  if (auth.status === 'unauthenticated')
    return failure('signed_out', 'Claude is signed out: claude auth login');
  if (auth.status !== 'authenticated') return reading;
  const status = printedJson(ran.stdout);
  const isSubscribed =
    text(status?.subscriptionType) !== null || /claude\.?ai|oauth/i.test(text(status?.authMethod) ?? '');
  return isSubscribed ? reading : answer({ warnings: [`${BILLED_BY_KEY}: no subscription, ${NO_LIMITS}`] });
}

/** A cached answer does not say how old it is; the cache file that it came from does. */
async function withCacheTime(reading: UsageReading, context: SourceContext): Promise<UsageReading> {
  if (!reading.answered || !reading.stale) return reading;
  const hourAgo = new Date(context.now().getTime() - CACHE_MS).toISOString();
  return { ...reading, observed_at: (await readClaudeCache(context))?.observed_at ?? hourAgo };
}

export function parseClaudeGetUsage(printed: string, now: Date | null = null): UsageReading {
  const response = record(jsonLines(printed).find(isAnswer)?.response);
  if (!response) return failure('unreadable', 'claude ended without an answer');
  if (response.subtype !== 'success') {
    const error = text(response.error) ?? 'claude refused the question';
    return /unsupported|unknown (?:control )?request/i.test(error)
      ? failure('unsupported', 'this Claude does not know the question for its limits')
      : failedRequest(error, 'claude', now);
  }
  const usage = record(response.response);
  if (!usage || !('rate_limits_available' in usage)) return failure('unreadable', 'claude sent no usage');
  const limits = record(usage.rate_limits);
  const plan = text(usage.subscription_type);
  if (usage.rate_limits_available !== true) {
    return plan === null
      ? failure('unsupported', 'Claude has no subscription, so it has no limits to report')
      : answer({ plan, warnings: [NO_LIMITS] });
  }
  if (!limits) return failure('failed', 'Claude could not fetch its limits');
  return readClaudeLimits(limits, { plan }, 'local_cli');
}
