import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { shown } from '../../../lib/text/shown.ts';
import type { Headroom, LiveWorker, Status } from '../../../workers/core/setup/status-schema.ts';
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
  status: 'available',
  next_available_at: null,
  unlimited: false,
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

  const said = (...providers: Headroom[]) => statusline(status(providers), 'plain', given);
  const spent = { usable: false, unusable_reason: 'limit_reached', status: 'limit_reached' } as const;

  it('shows when one that is used up is back, which is not the reset of its tightest window', () => {
    assert.match(
      said(left('codex-cli', 0, { ...spent, next_available_at: '2026-03-04T15:45:00Z' })),
      /^codex 0% until \d\d:45$/,
    );
    assert.equal(said(left('codex-cli', 0, spent)), 'codex 0%');
    assert.match(
      said(
        left('codex-cli', 4, {
          usable: false,
          unusable_reason: 'weekly_below_10_percent',
          next_available_at: '2026-03-04T13:30:00Z',
        }),
      ),
      /^codex 4% until \d\d:30$/,
    );
  });

  it('says that a limit is reached that no figure shows', () => {
    assert.equal(said(left('codex-cli', null, spent)), 'codex limit reached');
    const refused = { ...spent, unusable_reason: 'credits_depleted' };
    assert.match(
      said(left('codex-cli', 60, { ...refused, next_available_at: '2026-03-04T15:45:00Z' })),
      /^codex limit reached until \d\d:45$/,
    );
  });

  it('marks figures that are old, and those that may not be used', () => {
    assert.equal(
      said(
        left('opencode', 50, { stale: true, usable: false, unusable_reason: 'usage_stale' }),
        left('droid-cli', 42, { usable: false, unusable_reason: 'confidence_observed' }),
        left('codex-cli', 60, { usable: false, unusable_reason: 'policy_denied' }),
      ),
      'opencode ~50% · droid 42% observed · codex 60% denied',
    );
  });

  it('names a provider without figures that can be used', () => {
    assert.equal(said(left('copilot-cli', null, { unlimited: true })), 'copilot unlimited');
    assert.equal(said(left('codex-cli', null, { reset_at: null })), 'codex usable');
    assert.match(
      said(left('codex-cli', null, { reset_at: '2026-03-04T11:30:00Z' })),
      /^codex reset \d\d:30$/,
    );
  });

  it('leaves out providers of which nothing is known, and says so if none has any figures', () => {
    const unknown = { usable: false, unusable_reason: 'usage_unknown', status: 'unknown' } as const;
    assert.equal(said(left('codex-cli', null, unknown), left('droid-cli', 15)), 'droid 15%');
    assert.equal(said(), 'agentpool: no limits known yet');
  });

  it('is coloured in the format of the program that shows it', () => {
    const one = status([left('codex-cli', 15)], { live: 1, waiting: 1 });
    assert.match(shown(statusline(one, 'claude', given)), /^codex \u001b\[33m15%\u001b\[39m/);
    assert.match(
      statusline(one, 'tmux', given),
      /^codex #\[fg=yellow\]15%#\[default\].*#\[fg=yellow\]1 waits#\[default\]$/,
    );
  });
});
