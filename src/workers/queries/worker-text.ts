import { randomBytes } from 'node:crypto';
import { excerpt, fence, stripControl } from '../../lib/text/plain-text.ts';
import type { Detail } from '../core/details.ts';
import type { WorkerOutput, WorkerText } from './worker-text-schema.ts';

const BOUNDS: Record<Detail, { maxLines: number; maxChars: number }> = {
  summary: { maxLines: 0, maxChars: 0 },
  excerpt: { maxLines: 40, maxChars: 4000 },
  full: { maxLines: 2000, maxChars: 200_000 },
};

/** A worker's own words in a form that may be passed on. */
export function workerText(text: string, detail: Detail, maxLines: number | null): WorkerText {
  const bounds = { ...BOUNDS[detail], ...(maxLines === null ? {} : { maxLines }) };
  const bounded = excerpt(stripControl(text), bounds);
  const nonce = randomBytes(9).toString('hex');
  return {
    detail,
    included: true,
    text: fence(bounded.text, nonce),
    chars: bounded.chars,
    truncated: bounded.truncated,
  };
}

/** The replacement for a worker's own words if they were not requested. */
export const notAskedFor: WorkerOutput = {
  detail: 'summary',
  included: false,
  reason: 'Worker text is untrusted; request it with --detail excerpt or full.',
};
