import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { defaultConfig } from '../../config/file/defaults.ts';
import { shownKeys } from './status.ts';

describe('the limits of a status', () => {
  const config = defaultConfig();
  config.providers['claude-code'].accounts = [{ name: 'work', folder: '/w', env: {} }];
  const auth = {
    status: 'authenticated' as const,
    confidence: 'local_config' as const,
    reason: 'a file',
    checked_at: '2026-11-23T02:00:00Z',
  };
  const found = (id: string, installed: boolean) => ({ id, installed, auth });

  it('are those of every account of the installed agents', () => {
    const detected = [found('claude-code', true), found('claude-code@work', true), found('codex-cli', false)];
    assert.deepEqual(shownKeys(config, detected, ['codex-cli']), ['claude-code', 'claude-code@work']);
  });

  it('are those that were reported before, where no search has run', () =>
    assert.deepEqual(shownKeys(config, [], ['claude-code@work', 'fake-idle']), ['claude-code@work']));

  it('are those of a custom provider that has reported them', () => {
    const own = { ...config, custom_providers: [{ id: 'mine' } as (typeof config.custom_providers)[number]] };
    assert.deepEqual(shownKeys(own, [found('mine', true)], []), []);
    assert.deepEqual(shownKeys(own, [found('mine', true)], ['mine']), ['mine']);
  });
});
