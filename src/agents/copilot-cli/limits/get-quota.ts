import { converse } from '../../contract/limits/converse.ts';
import { failedRequest, retryIn } from '../../contract/limits/http.ts';
import { limitIn } from '../../contract/limits/limit-words.ts';
import {
  answer,
  failure,
  type UsageReading,
  type UsageSource,
  usageWindow,
} from '../../contract/limits/reading.ts';
import { usedUpWindow } from '../../contract/limits/used-up-words.ts';
import { instant, type Json, number, parseJson, record, text } from '../../contract/limits/values.ts';
import { isWebPage } from '../../contract/limits/web-page.ts';
import { answerOfQuotas, copilotAccount } from './answer.ts';
import { isOfPlan, readQuota } from './quota.ts';

const AUTH = 2;
const QUOTA = 3;

const frame = (message: Json): string => {
  const body = JSON.stringify({ jsonrpc: '2.0', ...message });
  return `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
};

/**
 * Asks the Copilot CLI's own server: JSON-RPC 2.0 with Content-Length frames on stdio (real binary, 1.0.102).
 * Its first start unpacks 235 MB, which is what the long deadline is for.
 */
export const copilotGetQuota: UsageSource = {
  id: 'copilot-get-quota',
  provider: 'copilot-cli',
  reach: 'network',
  reads: 'the login that Copilot keeps, through its own server',
  hosts: ['api.github.com'],
  confidence: 'local_cli',
  deadline_ms: 30_000,
  account: copilotAccount,
  async read(context) {
    if (context.agent === null) return failure('not_found', 'copilot is not installed');
    const talk = await converse(context, {
      program: context.agent,
      args: ['--headless', '--no-auto-update', '--stdio'],
      say:
        frame({ id: 1, method: 'ping', params: {} }) +
        frame({ id: AUTH, method: 'auth.getStatus', params: {} }) +
        frame({ id: QUOTA, method: 'account.getQuota', params: {} }),
      // Answers come out of order, and the one about the login says whose quota it is.
      done: (printed) => {
        const messages = framed(printed);
        return [AUTH, QUOTA].every((id) => answerTo(messages, id) !== undefined);
      },
    });
    const hasQuota = answerTo(framed(talk.printed), QUOTA) !== undefined;
    return talk.failure && !hasQuota ? talk.failure : parseCopilotQuota(talk.printed, context.now());
  },
};

/** The complete frames in what was printed. Lengths count bytes, and a log line may precede a header. */
export function framed(printed: string): Json[] {
  const found: Json[] = [];
  const bytes = Buffer.from(printed);
  const header = /Content-Length: ?(\d{1,9})\r\n(?:[\w-]+:[^\r\n]*\r\n)*\r\n/gi;
  const latin = bytes.toString('latin1'); // one character a byte, so that indexes are offsets
  for (let match = header.exec(latin); match; match = header.exec(latin)) {
    const end = header.lastIndex + Number(match[1]);
    if (end > bytes.length) break;
    const message = record(parseJson(bytes.toString('utf8', header.lastIndex, end)));
    if (message) found.push(message);
    header.lastIndex = end;
  }
  return found;
}

const answerTo = (messages: readonly Json[], id: number): Json | undefined =>
  messages.find((message) => message.id === id && ('result' in message || 'error' in message));

export function parseCopilotQuota(printed: string, now: Date): UsageReading {
  const messages = framed(printed);
  const auth = record(answerTo(messages, AUTH)?.result);
  if (auth?.isAuthenticated === false) return failure('signed_out', 'Copilot is signed out: copilot login');
  const reply = answerTo(messages, QUOTA);
  if (!reply) return failure('unreadable', 'copilot ended without an answer');
  const error = text(record(reply.error)?.message);
  if (error !== null) return readError(error, { ambient: auth?.authType === 'env', now });
  const snapshots = record(record(reply.result)?.quotaSnapshots);
  if (!snapshots) return failure('unreadable', 'copilot sent no quota');
  return readQuotas(snapshots, text(auth?.login), now);
}

/** Codes of an error that say that a limit of the plan is reached (1.0.102). */
const REACHED =
  /\b(?:user_(?:weekly|global)_rate_limited|(?:free_|session_)?quota_exceeded|additional_spend_limit_reached|overage_limit_reached)\b/;

/** `You have exhausted your quota for claude-opus-4.6`. */
const OF_MODEL = /\b(?:quota|limit) for ((?:claude|gpt|gemini|grok)[\w.-]*\w)/i;

/** `user_weekly_rate_limited` with the time to wait: a used-up window, which no quota shows. */
function limitReachedIn(message: string, now: Date): UsageReading | null {
  const code = REACHED.exec(message)?.[0];
  if (code === undefined) {
    const spent = usedUpWindow([message], { now, confidence: 'local_cli', models: OF_MODEL });
    return spent && answer({ windows: [spent], reached: spent.scope === null });
  }
  const { kind, minutes } = limitIn(code);
  const window = usageWindow({
    kind: kind === 'unknown' ? 'monthly' : kind,
    minutes,
    used: 100,
    resets: retryIn(message, now),
    confidence: 'local_cli',
  });
  return answer({ windows: [window], reached: true, warnings: [`copilot gave the error ${code}`] });
}

/** The CLI quotes the status of its own request (1.0.102). A token of the environment is not the CLI's own login. */
function readError(message: string, { ambient, now }: { ambient: boolean; now: Date }): UsageReading {
  if (isWebPage(message)) return failedRequest(message, 'copilot');
  const reached = limitReachedIn(message, now);
  if (reached) return reached;
  const status = /: (\d{3}) [A-Z]/.exec(message)?.[1];
  if (/not (?:authenticated|logged in|signed in)|no auth/i.test(message) || (status === '401' && !ambient)) {
    return failure('signed_out', 'Copilot is signed out: copilot login');
  }
  if (status === '401')
    return failure('refused', 'the GitHub token of the environment was not accepted (401)');
  if (status === '403') return failure('refused', 'this GitHub account may not read its Copilot quota (403)');
  if (status === '404') return failure('unsupported', 'this GitHub account has no Copilot plan (404)');
  if (/method not found|unhandled method/i.test(message))
    return failure('unsupported', 'this Copilot cannot report its quota');
  return failedRequest(message, 'copilot', now);
}

function readQuotas(snapshots: Json, login: string | null, now: Date): UsageReading {
  const rows = Object.entries(snapshots).flatMap(([id, value]) => {
    const quota = record(value);
    return quota ? [{ id, quota }] : [];
  });
  const hasPlan = rows.some(({ id, quota }) => isOfPlan(id) && number(quota.entitlementRequests) !== 0);
  const quotas = rows.map(({ id, quota }) =>
    readQuota(id, quota, {
      resets: resetOf(quota, now),
      // Of a plan without premium requests, the chat is all that an agent can use.
      bindsPlan: !hasPlan && id === 'chat',
      confidence: 'local_cli',
    }),
  );
  return answerOfQuotas(quotas, { account_id: login });
}

const CLOCK_SKEW_MS = 10 * 60_000;

/**
 * The CLI gives the time at which GitHub took the figures as their reset date (1.0.102, seen against a mock): taken
 * at its word, every percentage would count as expired. Only a date ahead of us is a reset.
 */
function resetOf(quota: Json, now: Date): string | null {
  const date = instant(quota.resetDate);
  return date !== null && Date.parse(date) > now.getTime() + CLOCK_SKEW_MS ? date : null;
}
