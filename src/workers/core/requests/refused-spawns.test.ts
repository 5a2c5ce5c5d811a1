import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { paths } from '../../../config/paths.ts';
import { AgentPoolError } from '../../../lib/errors.ts';
import { temporaryFolder } from '../../../lib/testing/processes.ts';
import { firstChoice, forgetRefusal, isByLimit, rememberRefusal } from './refused-spawns.ts';

const NOON = Date.UTC(2026, 2, 4, 12);
const home = paths(temporaryFolder());
const place = (minutes = 0, coordinator = 'cli') => ({
  paths: home,
  coordinator,
  given: () => ({ now: new Date(NOON + minutes * 60_000), newId: () => 'x' }),
});
const fable = { provider_id: 'claude-code', model: 'fable' };
const sonnet = { ...fable, model: 'sonnet' };

describe('the first choice of a spawn', () => {
  it('is what a limit refused for the same task, until that is spawned', () => {
    rememberRefusal(place(), 'Look', fable);
    assert.deepEqual(firstChoice(place(59), 'Look', sonnet), fable);
    assert.deepEqual(firstChoice(place(59), 'Look', { provider_id: 'codex-cli', model: null }), fable);
    forgetRefusal(place(), 'Look');
    assert.equal(firstChoice(place(59), 'Look', sonnet), null);
  });

  it('is none for what no limit refused', () => {
    const refused = (status: string | null) =>
      isByLimit(new AgentPoolError('POLICY_BLOCKED', 'no', { status }));
    assert.deepEqual([refused('limit_reached'), refused('unknown'), refused(null)], [true, false, false]);
    assert.equal(isByLimit(new Error('no')), false);
  });

  it('is none for what was refused itself, another task, another coordinator, and an hour later', () => {
    rememberRefusal(place(), 'Look', fable);
    assert.equal(firstChoice(place(), 'Look', fable), null);
    assert.equal(firstChoice(place(), 'Look again', sonnet), null);
    assert.equal(firstChoice(place(0, 'mcp'), 'Look', sonnet), null);
    assert.equal(firstChoice(place(61), 'Look', sonnet), null);
  });
});
