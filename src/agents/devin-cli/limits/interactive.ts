import { findReset } from '../../../lib/time/reset-words/index.ts';
import { SYSTEM_ZONE } from '../../../lib/time/zones.ts';
import {
  answer,
  failure,
  type UsageReading,
  type UsageSource,
  usageWindow,
} from '../../contract/limits/reading.ts';
import { askScreen } from '../../contract/limits/terminal.ts';
import { percent } from '../../contract/limits/values.ts';

/** Devin's own `/usage` view, the last way. Its screen was never seen by us: what is not understood is said so. */
export const devinInteractive: UsageSource = {
  id: 'devin-interactive-usage',
  provider: 'devin-cli',
  reach: 'network',
  reads: 'the login that Devin keeps, through its own /usage',
  hosts: ['server.codeium.com'],
  confidence: 'observed',
  deadline_ms: 30_000,
  interactive: true,
  async read(context) {
    if (context.agent === null) return failure('not_found', 'devin is not installed');
    const screen = await askScreen(context, {
      program: context.agent,
      args: [],
      unset: [],
      command: '/usage',
      ready: /^[ │]*[❯>](?:\s|$)/m,
      answered: /\d\s?% (?:remaining|left|used)/i,
      dialog:
        /trust (?:this|the) (?:folder|workspace|files)|log ?in to continue|sign in|press enter to continue/i,
    });
    return typeof screen === 'string' ? parseDevinScreen(screen, context.now()) : screen;
  },
};

const LINE =
  /\b(daily|weekly)\b[^%\n]{0,80}?(\d{1,3}(?:\.\d{1,4})?)\s?%\s*(remaining|left|used)[^\n]{0,80}/gi;

const DAY = 24 * 3_600_000;

/** `Weekly quota: 45.00% remaining`; only lines that say which half they mean are read. */
export function parseDevinScreen(screen: string, now: Date): UsageReading {
  const windows = [...screen.slice(0, 200_000).matchAll(LINE)].map(([line, word = '', share, half]) => {
    const value = percent(share);
    const kind = word.toLowerCase() === 'daily' ? 'daily' : 'weekly';
    const facts = half?.toLowerCase() === 'used' ? { used: value } : { remaining: value };
    const windowMs = kind === 'daily' ? DAY : 7 * DAY;
    const resets = findReset(line, { now, zone: SYSTEM_ZONE, windowMs })?.at ?? null;
    return usageWindow({ kind, ...facts, resets, confidence: 'observed' });
  });
  return windows.length === 0
    ? failure('unreadable', 'the view of /usage shows no limits')
    : answer({ windows });
}
