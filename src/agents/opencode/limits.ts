import { ask, utf8 } from '../contract/limits/http.ts';
import {
  answer,
  failure,
  NO_LIMITS,
  type Reading,
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
    const reading = await ask(context, { url: URL, headers }, (body) => parseOpencodeGo(utf8(body)));
    // EntitlementError: a good key without the Go plan: no fault.
    const noPlan = !reading.answered && reading.outcome === 'refused' && reading.reason.includes('403');
    return noPlan ? failure('unsupported', 'this OpenCode account has no Go plan') : reading;
  },
};

const WINDOWS: [string, WindowKind][] = [
  ['rolling', '5h'],
  ['weekly', 'weekly'],
  ['monthly', 'monthly'],
];

export function parseOpencodeGo(body: string): Reading {
  const answerBody = record(parseJson(body));
  const usage = record(answerBody?.usage);
  if (!usage) return failure('unreadable', 'the answer holds no usage');
  const windows = WINDOWS.flatMap(([field, kind]) => {
    const window = record(usage[field]);
    if (!window) return [];
    return [
      usageWindow({ kind, used: percent(window.percent), resets: window.resetsAt, confidence: 'official' }),
    ];
  });
  return answer({ windows, plan: 'Go', warnings: windows.length === 0 ? [NO_LIMITS] : [] });
}
