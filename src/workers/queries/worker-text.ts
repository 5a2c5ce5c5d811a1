import { randomBytes } from 'node:crypto';
import { excerpt, fence, stripControl } from '../../lib/text/plain-text.ts';
import type { Detail } from '../core/details.ts';
import type { WorkerOutput, WorkerText } from './worker-text-schema.ts';

const BOUNDS: Record<Detail, { maxLines: number; maxChars: number }> = {
  summary: { maxLines: 0, maxChars: 0 },
  excerpt: { maxLines: 40, maxChars: 4000 },
  full: { maxLines: 2000, maxChars: 200_000 },
};

/** A worker's own words as they may be handed on. */
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

/** What stands in place of a worker's own words where nobody asked for them. */
export const notAskedFor: WorkerOutput = {
  detail: 'summary',
  included: false,
  reason: 'Worker text is untrusted; ask for it with --detail excerpt or full.',
};
