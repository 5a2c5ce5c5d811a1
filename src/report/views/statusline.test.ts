import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Headroom, LiveWorker, Status } from '../../workers/core/status-schema.ts';
import { statusline } from './statusline.ts';

const now = new Date('2026-03-04T12:00:00Z');
const given = { least: 10, now };

const left = (
  provider_id: string,
  remaining_percent: number | null,
  more: Partial<Headroom> = {},
): Headroom => ({
  provider_id,
  usable: true,
  unusable_reason: null,
  window: remaining_percent === null ? null : 'weekly',
  remaining_percent,
  reset_at: '2026-03-04T13:30:00Z',
  age_seconds: 60,
  stale: false,
  ...more,
});

const status = (providers: Headroom[], { live = 0, waiting = 0 } = {}): Status => ({
  checked_at: now.toISOString(),
  home: '/home/ada/.agentpool',
  initialized: true,
  has_spawned: true,
  providers,
  workers: Array.from({ length: live }, () => ({}) as LiveWorker),
  waiting,
  next: [],
});

describe('a status line', () => {
  it('shows what is left of each subscription, and the number of waiting workers', () => {
    const both = status([left('codex-cli', 79.4), left('claude-code', 42)], { live: 3, waiting: 2 });
    assert.equal(statusline(both, 'plain', given), 'codex 79% · claude 42% · 1 live · 2 wait');
    assert.equal(statusline(status([], { live: 1, waiting: 1 }), 'plain', given), '1 waits');
  });

  it('shows the reset of one that is used up, and marks old figures', () => {
    const line = statusline(
      status([left('codex-cli', 0), left('opencode', 50, { stale: true })]),
      'plain',
      given,
    );
    assert.match(line, /^codex 0% until \d\d:30 · opencode ~50%$/);
  });

  it('leaves out providers without figures, and says so if none has any', () => {
    assert.equal(
      statusline(status([left('codex-cli', null), left('droid-cli', 5)]), 'plain', given).slice(0, 8),
      'droid 5%',
    );
    assert.equal(statusline(status([]), 'plain', given), 'agentpool: no limits known yet');
  });

  it('is coloured in the format of the program that shows it', () => {
    const one = status([left('codex-cli', 15)], { live: 1, waiting: 1 });
    assert.match(statusline(one, 'claude', given), /^codex \u001b\[33m15%\u001b\[39m/);
    assert.match(
      statusline(one, 'tmux', given),
      /^codex #\[fg=yellow\]15%#\[default\].*#\[fg=yellow\]1 waits#\[default\]$/,
    );
  });
});
