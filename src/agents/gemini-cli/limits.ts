import { addressIn, keyIn } from '../contract/limits/address.ts';
import { ask, utf8 } from '../contract/limits/http.ts';
import {
  answer,
  failure,
  NO_LIMITS,
  type UsageReading,
  type UsageSource,
  usageWindow,
} from '../contract/limits/reading.ts';
import type { UsageWindow } from '../contract/limits/sample.ts';
import { label } from '../contract/limits/scrub.ts';
import { fractionLeft } from '../contract/limits/shares.ts';
import { list, number, parseJson, record, text } from '../contract/limits/values.ts';

/**
 * What Gemini CLI itself asks for `/stats` (run with 0.61.0 against a server on this machine: it takes both variables
 * and CODE_ASSIST_ENDPOINT). Only where its login is in the environment: the one in its folder is left to it. Plans of
 * individuals are not served there since June 2026: they are Antigravity's. A key of AI Studio has no quota to read.
 */
export const geminiQuota: UsageSource = {
  id: 'gemini-user-quota',
  provider: 'gemini-cli',
  reach: 'network',
  reads: 'GOOGLE_CLOUD_ACCESS_TOKEN, where GOOGLE_GENAI_USE_GCA is set too',
  hosts: ['cloudcode-pa.googleapis.com'],
  confidence: 'observed',
  deadline_ms: 8000,
  async read(context) {
    const found = keyIn(context.env, ['GOOGLE_CLOUD_ACCESS_TOKEN']);
    if (found === null || text(context.env.GOOGLE_GENAI_USE_GCA) === null)
      return failure('not_found', 'gemini has no command for its limits, and no login is in the environment');
    const at = addressIn(context.env, 'CODE_ASSIST_ENDPOINT', 'https://cloudcode-pa.googleapis.com');
    if (!('address' in at)) return at;
    const project = keyIn(context.env, ['GOOGLE_CLOUD_PROJECT', 'GOOGLE_CLOUD_PROJECT_ID'])?.key;
    const question = {
      url: `${at.address}/v1internal:retrieveUserQuota`,
      method: 'POST' as const,
      headers: { authorization: `Bearer ${found.key}`, 'content-type': 'application/json' },
      body: JSON.stringify(project === undefined ? {} : { project }),
    };
    return ask(context, question, (body) => parseGeminiQuota(utf8(body)));
  },
};

/**
 * `{buckets: [{modelId, tokenType, remainingFraction, remainingAmount, resetTime}]}`: one or more for each model, of a
 * day. The one with the least left counts.
 */
export function parseGeminiQuota(body: string): UsageReading {
  const whole = record(parseJson(body));
  if (whole === null || !('buckets' in whole)) return failure('unreadable', 'the answer holds no buckets');
  const lowest = new Map<string, UsageWindow>();
  for (const each of list(whole.buckets)) {
    const bucket = record(each);
    const model = label(text(bucket?.modelId));
    const remaining = fractionLeft(number(bucket?.remainingFraction));
    if (model === null || remaining === null) continue;
    const before = lowest.get(model)?.remaining_percent ?? 101;
    if (remaining >= before) continue;
    const facts = { kind: 'daily', scope: model, remaining, resets: bucket?.resetTime } as const;
    lowest.set(model, { ...usageWindow({ ...facts, confidence: 'observed' }), models: [model] });
  }
  const windows = [...lowest.values()];
  return answer({ windows, warnings: windows.length === 0 ? [NO_LIMITS] : [] });
}
