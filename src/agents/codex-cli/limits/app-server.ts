import { BILLED_BY_KEY } from '../../contract/descriptor.ts';
import { converse } from '../../contract/limits/converse.ts';
import { answer, failure, NO_LIMITS, type Reading, type UsageSource } from '../../contract/limits/reading.ts';
import type { UsageWindow } from '../../contract/limits/sample.ts';
import { type Json, jsonLines, list, number, parseJson, record, text } from '../../contract/limits/values.ts';
import { codexWindows } from './windows.ts';

const INITIALIZE = 1;
const RATE_LIMITS = 3;

const QUESTIONS = [
  {
    id: INITIALIZE,
    method: 'initialize',
    params: { clientInfo: { name: 'agentpool', title: 'AgentPool', version: '0.2.0' } },
  },
  { method: 'initialized' },
  { id: RATE_LIMITS, method: 'account/rateLimits/read', params: { excludeResetCreditDetails: true } },
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
  async read(context) {
    if (context.agent === null) return failure('not_found', 'codex is not installed');
    const talk = await converse(context, {
      program: context.agent,
      // `-a untrusted` was removed in 0.149 and ends the program with an error.
      args: ['-s', 'read-only', '-a', 'never', 'app-server'],
      say: QUESTIONS.map((question) => `${JSON.stringify(question)}\n`).join(''),
      done: (printed) => jsonLines(printed).some(isAnswer),
    });
    return talk.failure ?? parseCodexAppServer(talk.printed);
  },
};

// Answers come out of order and between notifications, so they are matched by their id alone.
const isAnswer = (line: Json): boolean => line.id === RATE_LIMITS && ('result' in line || 'error' in line);

export function parseCodexAppServer(printed: string): Reading {
  const reply = jsonLines(printed).find(isAnswer);
  if (!reply) return failure('unreadable', 'codex app-server ended without an answer');
  const result = record(reply.result);
  return result ? readLimits(result) : readError(text(record(reply.error)?.message) ?? '');
}

function readLimits(result: Json): Reading {
  const main = record(result.rateLimits);
  const byId = record(result.rateLimitsByLimitId) ?? {};
  if (!main && Object.keys(byId).length === 0) return failure('unreadable', 'codex sent no rate limits');
  const mainId = text(main?.limitId);
  const buckets = [
    main,
    ...Object.entries(byId).flatMap(([id, bucket]) => (id === mainId ? [] : [record(bucket)])),
  ];
  const windows = buckets.flatMap((bucket, index) => (bucket ? windowsOf(bucket, index === 0) : []));
  const credits = record(main?.credits);
  const balance = number(credits?.balance);
  return answer({
    windows,
    plan: text(main?.planType),
    credits_remaining: credits?.unlimited === true ? null : balance,
    reached: text(main?.rateLimitReachedType) !== null,
    overage: credits?.hasCredits === true,
    // Beyond the plan, with credits that can be drawn: what runs now is paid with them.
    paying: result.ordinaryUsageAllowed === false && credits?.hasCredits === true,
    warnings: [
      ...(windows.length === 0 ? [NO_LIMITS] : []),
      ...(credits?.unlimited === true ? ['credits are unlimited'] : []),
    ],
  });
}

function windowsOf(bucket: Json, main: boolean): UsageWindow[] {
  const scope = main ? null : (text(bucket.limitName) ?? text(bucket.limitId));
  const names = { minutes: 'windowDurationMins', used: 'usedPercent', resets: 'resetsAt' };
  return codexWindows([bucket.primary, bucket.secondary], names, { scope, confidence: 'official' });
}

function readError(message: string): Reading {
  if (/chatgpt authentication required/i.test(message)) {
    return answer({ warnings: [`signed in with an API key, ${BILLED_BY_KEY}: ${NO_LIMITS}`] });
  }
  if (/authentication required|not logged in/i.test(message))
    return failure('signed_out', 'Codex is signed out: codex login');
  const old = limitsInside(message);
  if (old) return old;
  const status = /failed: (\d{3})\b/.exec(message)?.[1];
  if (status === '401') return failure('signed_out', 'the Codex login was not accepted (401): codex login');
  if (status === '429') return failure('rate_limited', 'the provider was asked too often (429)');
  if (/method not found|unknown variant|unrecognized/i.test(message))
    return failure('unsupported', 'this Codex cannot report its limits');
  return failure('failed', message === '' ? 'codex gave an error without a message' : message);
}

/** Older CLIs fail to decode a newer answer and quote it in the error: the figures are still in there. */
function limitsInside(message: string): Reading | null {
  const start = message.indexOf('{');
  const body = start < 0 ? null : record(parseJson(message.slice(start, message.lastIndexOf('}') + 1)));
  const limits = record(body?.rate_limit);
  if (!body || !limits) return null;
  const extra = list(body.additional_rate_limits).map(record);
  const groups = [
    { scope: null, limits },
    ...extra.flatMap((e) => (e ? [{ scope: text(e.limit_name), limits: record(e.rate_limit) }] : [])),
  ];
  const names = { seconds: 'limit_window_seconds', used: 'used_percent', resets: 'reset_at' };
  const windows = groups.flatMap(({ scope, limits: group }) =>
    codexWindows([group?.primary_window, group?.secondary_window], names, { scope, confidence: 'official' }),
  );
  return answer({ windows, plan: text(body.plan_type), warnings: windows.length === 0 ? [NO_LIMITS] : [] });
}
