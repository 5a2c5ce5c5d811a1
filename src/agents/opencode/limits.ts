import { ask, utf8 } from '../contract/limits/http.ts';
import {
  answer,
  failure,
  NO_LIMITS,
  type UsageFailure,
  type UsageReading,
  type UsageSource,
  usageWindow,
} from '../contract/limits/reading.ts';
import type { WindowKind } from '../contract/limits/sample.ts';
import { parseJson, percent, record, text } from '../contract/limits/values.ts';

const URL = 'https://opencode.ai/zen/go/v1/usage';

/** OpenCode Go's documented usage service, with the key that the user has set for it. */
export const opencodeGo: UsageSource = {
  id: 'opencode-go',
  provider: 'opencode',
  reach: 'network',
  reads: 'OPENCODE_API_KEY, where it is set',
  hosts: ['opencode.ai'],
  confidence: 'official',
  deadline_ms: 8000,
  async read(context) {
    const key = text(context.env.OPENCODE_API_KEY);
    if (key === null)
      return failure(
        'not_found',
        'OPENCODE_API_KEY is not set: other models are billed by their own providers',
      );
    const headers = { authorization: `Bearer ${key}`, accept: 'application/json', 'user-agent': 'agentpool' };
    return ask(context, { url: URL, headers }, (body) => parseOpencodeGo(utf8(body)), noPlan);
  },
};

/** EntitlementError: a good key without the Go plan, which is no fault. Only the service itself says so. */
function noPlan(status: number, body: string): UsageFailure | null {
  const error = record(parseJson(body))?.error ?? record(parseJson(body));
  const words = JSON.stringify(error ?? '');
  return status === 403 && /entitle|subscri|\bplan\b/i.test(words)
    ? failure('unsupported', 'this OpenCode account has no Go plan')
    : null;
}

const WINDOWS: [string, WindowKind][] = [
  ['rolling', '5h'],
  ['weekly', 'weekly'],
  ['monthly', 'monthly'],
];

export function parseOpencodeGo(body: string): UsageReading {
  const answerBody = record(parseJson(body));
  const usage = record(answerBody?.usage);
  if (!usage) return failure('unreadable', 'the answer holds no usage');
  const windows = WINDOWS.flatMap(([field, kind]) => {
    const window = record(usage[field]);
    if (!window) return [];
    const isReached = /reached|exceeded|exhausted|blocked|limited/i.test(text(window.status) ?? '');
    const used = percent(window.percent) ?? (isReached ? 100 : null);
    return [usageWindow({ kind, used, resets: window.resetsAt, confidence: 'official' })];
  });
  return answer({ windows, plan: 'Go', warnings: windows.length === 0 ? [NO_LIMITS] : [] });
}
