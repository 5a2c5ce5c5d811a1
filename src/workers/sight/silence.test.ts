import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { usageWindow } from '../../agents/contract/limits/reading.ts';
import type { UsageSample } from '../../agents/contract/limits/sample.ts';
import { unknownSample } from '../../usage/asking/unasked.ts';
import { classified } from '../testing/classified.ts';
import { judgeSilence, Silence } from './silence.ts';

const NOW = new Date('2026-11-30T12:00:00Z');
const MINUTE = 60_000;

const usage = (used_percent: number, reset_at: string | null = '2026-11-30T15:00:00.000Z'): UsageSample => ({
  ...unknownSample('copilot-cli', NOW),
  status: 'available',
  windows: [usageWindow({ kind: 'weekly', used: used_percent, resets: reset_at, confidence: 'official' })],
});

const judged = (more: Partial<Parameters<typeof judgeSilence>[0]>) =>
  judgeSilence(
    { silentMs: 3 * MINUTE, usage: usage(100), usageAgeMs: MINUTE, askedAgoMs: null, model: null, ...more },
    NOW,
  );

describe('an agent that works without a word', () => {
  it('works for the first minutes, whatever its limits are', () =>
    assert.deepEqual(judged({ silentMs: 30_000 }), { kind: 'work', lookInMs: 90_000 }));

  it('is at its limit where its account has used up a window that has not reset', () =>
    assert.deepEqual(judged({}), { kind: 'limit', until: '2026-11-30T15:00:00.000Z', window: 'weekly' }));

  it('is not where the window has reset since, or has something left', () => {
    assert.equal(judged({ usage: usage(100, '2026-11-30T11:59:00.000Z') }).kind, 'work');
    assert.equal(judged({ usage: usage(99) }).kind, 'work');
  });

  it('has its provider asked once the known figures are older than its silence', () => {
    assert.deepEqual(judged({ usage: usage(40), usageAgeMs: 10 * MINUTE }), { kind: 'ask' });
    assert.deepEqual(judged({ usage: null, usageAgeMs: null }), { kind: 'ask' });
  });

  it('has it asked at most once in five minutes, and as long as it stays silent', () => {
    const asked = { usage: usage(40), usageAgeMs: 60 * MINUTE, silentMs: 20 * MINUTE };
    assert.deepEqual(judged({ ...asked, askedAgoMs: 2 * MINUTE }), { kind: 'work', lookInMs: 3 * MINUTE });
    assert.deepEqual(judged({ ...asked, askedAgoMs: 5 * MINUTE }), { kind: 'ask' });
  });
});

describe('silence', () => {
  const at = (content: string, evidence: string) => ({
    classification: classified('working', { evidence: [evidence] }),
    line: null,
    result: null,
    content,
  });

  it('lasts while only a spinner turns and its time runs', () => {
    const silence = new Silence();
    silence.see(
      at('reads a file\n⠴ Thinking... (esc to cancel, 20s)', '⠴ Thinking... (esc to cancel, 20s)'),
      0,
    );
    const later = at(
      'reads a file\n⠦ Pondering... (esc to cancel, 1m 29s)',
      '⠦ Pondering... (esc to cancel, 1m 29s)',
    );
    assert.equal(silence.see(later, 69_000), 69_000);
  });

  it('ends with the next output, and with the turn', () => {
    const silence = new Silence();
    silence.see(at('reads a file', 'x'), 0);
    assert.equal(silence.see(at('reads a file\nwrites one', 'x'), 50_000), 0);
    assert.equal(silence.see({ ...at('', ''), classification: classified('idle') }, 60_000), 0);
    assert.equal(silence.see(at('reads a file\nwrites one', 'x'), 70_000), 0);
  });
});
