import { converse } from '../../contract/limits/converse.ts';
import {
  answer,
  failure,
  NO_LIMITS,
  type Reading,
  type UsageSource,
  usageWindow,
} from '../../contract/limits/reading.ts';
import type { UsageWindow } from '../../contract/limits/sample.ts';
import {
  instant,
  type Json,
  number,
  parseJson,
  percent,
  record,
  text,
} from '../../contract/limits/values.ts';

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
  async read(context) {
    if (context.agent === null) return failure('not_found', 'copilot is not installed');
    const talk = await converse(context, {
      program: context.agent,
      args: ['--headless', '--no-auto-update', '--stdio'],
      say:
        frame({ id: 1, method: 'ping', params: {} }) +
        frame({ id: AUTH, method: 'auth.getStatus', params: {} }) +
        frame({ id: QUOTA, method: 'account.getQuota', params: {} }),
      done: (printed) => answerTo(framed(printed), QUOTA) !== undefined,
    });
    return talk.failure ?? parseCopilotQuota(talk.printed, context.now());
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

export function parseCopilotQuota(printed: string, now: Date): Reading {
  const messages = framed(printed);
  const auth = record(answerTo(messages, AUTH)?.result);
  if (auth?.isAuthenticated === false) return failure('signed_out', 'Copilot is signed out: copilot login');
  const reply = answerTo(messages, QUOTA);
  if (!reply) return failure('unreadable', 'copilot ended without an answer');
  const error = text(record(reply.error)?.message);
  if (error !== null) return readError(error, auth?.authType === 'env');
  const snapshots = record(record(reply.result)?.quotaSnapshots);
  if (!snapshots) return failure('unreadable', 'copilot sent no quota');
  return readQuotas(snapshots, now);
}

/** The CLI quotes the status of its own request (1.0.102). A token of the environment is not the CLI's own login. */
function readError(message: string, ambient: boolean): Reading {
  const status = /: (\d{3}) [A-Z]/.exec(message)?.[1];
  if (/not (?:authenticated|logged in|signed in)|no auth/i.test(message) || (status === '401' && !ambient)) {
    return failure('signed_out', 'Copilot is signed out: copilot login');
  }
  if (status === '401')
    return failure('refused', 'the GitHub token of the environment was not accepted (401)');
  if (status === '403') return failure('refused', 'this GitHub account may not read its Copilot quota (403)');
  if (status === '404') return failure('unsupported', 'this GitHub account has no Copilot plan (404)');
  if (status === '429') return failure('rate_limited', 'the provider was asked too often (429)');
  if (/method not found|unhandled method/i.test(message))
    return failure('unsupported', 'this Copilot cannot report its quota');
  return failure('failed', message);
}

function readQuotas(snapshots: Json, now: Date): Reading {
  const quotas = Object.entries(snapshots).flatMap(([id, value]) => {
    const quota = record(value);
    return quota ? [readQuota(id, quota, now)] : [];
  });
  const windows = quotas.flatMap(({ window }) => (window ? [window] : []));
  const premium = windows.find((window) => window.scope === null);
  return answer({
    windows,
    premium_requests_remaining: premium?.remaining_units ?? null,
    overage: quotas.some(({ overage }) => overage),
    paying: quotas.some(({ paying }) => paying),
    warnings: [
      ...quotas.flatMap(({ id, unlimited }) => (unlimited ? [`${id} is unlimited`] : [])),
      ...(windows.length === 0 && !quotas.some(({ unlimited }) => unlimited) ? [NO_LIMITS] : []),
    ],
  });
}

interface Quota {
  id: string;
  unlimited: boolean;
  overage: boolean;
  /** Requests beyond the quota were made and billed. */
  paying: boolean;
  window: UsageWindow | null;
}

/** -1 means unlimited; an entitlement of 0 is a placeholder of plans that do not have this quota. */
function readQuota(id: string, quota: Json, now: Date): Quota {
  const entitlement = number(quota.entitlementRequests);
  const unlimited = quota.isUnlimitedEntitlement === true || entitlement === -1;
  const overage =
    quota.usageAllowedWithExhaustedQuota === true || quota.overageAllowedWithExhaustedQuota === true;
  if (unlimited || entitlement === 0) return { id, unlimited, overage: false, paying: false, window: null };
  const used = number(quota.usedRequests);
  const remaining = percent(quota.remainingPercentage);
  return {
    id,
    unlimited,
    overage: id === 'premium_interactions' && overage,
    paying: id === 'premium_interactions' && (number(quota.overage) ?? 0) > 0,
    window: usageWindow({
      kind: 'monthly',
      // Billed in AI credits since June 2026; the field kept its old name.
      scope: id === 'premium_interactions' ? null : id,
      remaining,
      used_units: used,
      remaining_units: entitlement === null || used === null ? null : Math.max(0, entitlement - used),
      unit: 'credits',
      resets: resetOf(quota, now),
      confidence: 'local_cli',
    }),
  };
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
