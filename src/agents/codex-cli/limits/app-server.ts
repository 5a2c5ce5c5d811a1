import { BILLED_BY_KEY } from '../../contract/descriptor.ts';
import { converse } from '../../contract/limits/converse.ts';
import { failedRequest, retryIn } from '../../contract/limits/http.ts';
import {
  answer,
  failure,
  NO_LIMITS,
  type UsageReading,
  type UsageSource,
} from '../../contract/limits/reading.ts';
import { usedUpWindow } from '../../contract/limits/used-up-words.ts';
import { type Json, jsonLines, list, parseJson, record, text } from '../../contract/limits/values.ts';
import { isWebPage } from '../../contract/limits/web-page.ts';
import { codexAccount } from './account.ts';
import {
  APP_SERVER,
  bucketWindows,
  creditsOf,
  individualLimit,
  MAIN,
  modelsOf,
  ROLLOUT,
  refusalOf,
  resetCredits,
} from './snapshot.ts';
import { codexWindows } from './windows.ts';

const INITIALIZE = 1;
const RATE_LIMITS = 3;

const QUESTIONS = [
  {
    id: INITIALIZE,
    method: 'initialize',
    params: { clientInfo: { name: 'agentpool', title: 'AgentPool', version: '0.3.0' } },
  },
  { method: 'initialized' },
  { id: RATE_LIMITS, method: 'account/rateLimits/read', params: { excludeResetCreditDetails: false } },
];

/**
 * Asks Codex itself: `codex app-server`, JSON lines without a `jsonrpc` field (real binary, 0.169.0).
 * Codex fetches the figures over the network with its own login; no thread and no turn is started.
 */
export const codexAppServer: UsageSource = {
  id: 'codex-app-server',
  provider: 'codex-cli',
  reach: 'network',
  reads: 'the login that Codex keeps, through codex app-server',
  hosts: ['chatgpt.com'],
  confidence: 'official',
  deadline_ms: 11_000,
  account: codexAccount,
  async read(context) {
    if (context.agent === null) return failure('not_found', 'codex is not installed');
    const talk = await converse(context, {
      program: context.agent,
      // `-a untrusted` was removed in 0.149 and ends the program with an error.
      args: ['-s', 'read-only', '-a', 'never', 'app-server'],
      say: QUESTIONS.map((question) => `${JSON.stringify(question)}\n`).join(''),
      done: (printed) => jsonLines(printed).some(isAnswer),
    });
    return talk.failure ?? parseCodexAppServer(talk.printed, context.now());
  },
};

// Answers come out of order and between notifications, so they are matched by their id alone.
const isAnswer = (line: Json): boolean => line.id === RATE_LIMITS && ('result' in line || 'error' in line);

export function parseCodexAppServer(printed: string, now: Date | null = null): UsageReading {
  const reply = jsonLines(printed).find(isAnswer);
  if (!reply) return failure('unreadable', 'codex app-server ended without an answer');
  const result = record(reply.result);
  return result ? readLimits(result, now) : readError(text(record(reply.error)?.message) ?? '', now);
}

function readLimits(result: Json, now: Date | null): UsageReading {
  const byId = record(result.rateLimitsByLimitId) ?? {};
  const main = mainOf(record(result.rateLimits), record(byId[MAIN]));
  const others = Object.entries(byId).flatMap(([id, value]) => {
    const bucket = record(value);
    return bucket && bucket !== main && id !== (text(main?.limitId) ?? MAIN) ? [{ id, bucket }] : [];
  });
  if (!main && others.length === 0) return failure('unreadable', 'codex sent no rate limits');
  const allowed = typeof result.ordinaryUsageAllowed === 'boolean' ? result.ordinaryUsageAllowed : null;
  const plan = main ? bucketWindows(main, APP_SERVER, { id: null, confidence: 'official', taken: now }) : [];
  const scoped = others.flatMap(({ id, bucket }) =>
    bucketWindows(bucket, APP_SERVER, { id, confidence: 'official', taken: now }),
  );
  const member =
    main && individualLimit(main, APP_SERVER, { binds: allowed !== true, confidence: 'official' });
  const credits = creditsOf(main, APP_SERVER);
  const windows = [...plan, ...(member ? [member] : []), ...scoped];
  const blocked = refusalOf({ bucket: main, names: APP_SERVER, allowed, windows, credits });
  const unlimited = credits.unlimited && plan.length === 0 && member === null;
  const resets = resetCredits(result.rateLimitResetCredits);
  return answer({
    windows,
    plan: text(main?.planType),
    credits_remaining: credits.balance,
    account_id: text(result.accountId),
    blocked,
    unlimited,
    reached: text(main?.rateLimitReachedType) !== null,
    overage: credits.drawable,
    // Beyond the plan, with credits that can be drawn: what runs now is paid with them.
    paying: allowed === false && blocked === null && credits.drawable,
    warnings: [
      ...(windows.length === 0 && blocked === null && !credits.unlimited ? [NO_LIMITS] : []),
      ...(credits.unlimited ? ['credits are unlimited'] : []),
      ...resets.warnings,
    ],
    raw: resets.raw,
  });
}

/** The bucket of the plan: the one that is in use may be that of a model. */
const mainOf = (current: Json | null, named: Json | null): Json | null =>
  named !== null && (text(current?.limitId) ?? MAIN) !== MAIN ? named : (current ?? named);

/** `usage limit for GPT-5.3-Codex-Spark`. */
const OF_MODEL = /\b(?:limit|quota) for (gpt-\d[\w.-]*\w|(?:[\w-]+-)?spark)\b/i;

function readError(message: string, now: Date | null): UsageReading {
  if (isWebPage(message)) return failedRequest(message, 'codex');
  if (/chatgpt authentication required/i.test(message)) {
    return answer({ warnings: [`signed in with an API key, ${BILLED_BY_KEY}: ${NO_LIMITS}`] });
  }
  if (/authentication required|not logged in/i.test(message))
    return failure('signed_out', 'Codex is signed out: codex login');
  const old = limitsInside(message, now);
  if (old) return old;
  const spent = now && usedUpWindow([message], { now, confidence: 'official', models: OF_MODEL });
  if (spent) return answer({ windows: [spent], reached: spent.scope === null });
  const status = /failed: (\d{3})\b/.exec(message)?.[1];
  if (status === '401') return failure('signed_out', 'the Codex login was not accepted (401): codex login');
  if (status === '429')
    return failure(
      'rate_limited',
      'the provider was asked too often (429)',
      now ? retryIn(message, now) : null,
    );
  if (/method not found|unknown variant|unrecognized/i.test(message))
    return failure('unsupported', 'this Codex cannot report its limits');
  return failedRequest(message, 'codex', now);
}

/** Older CLIs fail to decode a newer answer and quote it in the error: the figures are still in there. */
function limitsInside(message: string, taken: Date | null): UsageReading | null {
  const start = message.indexOf('{');
  const body = start < 0 ? null : record(parseJson(message.slice(start, message.lastIndexOf('}') + 1)));
  const limits = record(body?.rate_limit);
  if (!body || !limits) return null;
  const names = {
    seconds: 'limit_window_seconds',
    used: 'used_percent',
    resets: 'reset_at',
    resetsIn: 'reset_after_seconds',
  };
  const slots = (group: Json | null) => [group?.primary_window, group?.secondary_window];
  const scoped = list(body.additional_rate_limits).flatMap((row) => {
    const extra = record(row);
    const scope = text(extra?.limit_name) ?? text(extra?.metered_feature) ?? 'unnamed';
    const about = { scope, models: modelsOf(scope, null), confidence: 'official', taken } as const;
    return extra ? codexWindows(slots(record(extra.rate_limit)), names, about) : [];
  });
  const windows = [
    ...codexWindows(slots(limits), names, { scope: null, confidence: 'official', taken }),
    ...scoped,
  ];
  const credits = creditsOf({ credits: body.credits }, ROLLOUT);
  const isReached = limits.limit_reached === true || limits.allowed === false;
  return answer({
    windows,
    plan: text(body.plan_type),
    credits_remaining: credits.balance,
    reached: isReached,
    overage: credits.drawable,
    warnings: windows.length === 0 && !isReached ? [NO_LIMITS] : [],
  });
}
