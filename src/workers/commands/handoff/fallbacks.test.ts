import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { EventData } from '../../../events/catalogue/index.ts';
import { onLimitAfter, successorInstead } from './fallbacks.ts';

const named = (provider_id: string, model: string | null = null) => ({ provider_id, model, account: null });
const fallbacks = [named('a'), named('b', 'one'), named('b', 'two')];
const onLimit = { action: 'hand_over' as const, fallbacks, wait_at_most_seconds: 60 };
const asked = (
  to = named('a'),
  because: 'limit' | 'caller' = 'limit',
): EventData<'worker.handover_requested'> => ({
  state: 'RUNNING',
  successor: 'ap_2',
  to,
  keep: false,
  note: null,
  because,
  tried: [],
  requester: { pid: 7, started: 'then' },
});
const ended = { alive: false, onLimit };
const failed = { id: 'ap_3', code: 'TMUX_FAILED', reason: 'no server' };
const cutOff = { id: 'ap_3', code: 'SPAWNER_DIED', reason: 'killed' };

describe('who takes over in place of a successor that could not be started', () => {
  it('is the next of the list of its caller, with why the other was not taken', () => {
    const instead = successorInstead(ended, [asked()], failed);
    assert.deepEqual(
      [instead?.successor, instead?.to, instead?.tried, instead?.requester.pid],
      ['ap_3', named('b', 'one'), [{ ...named('a'), reason: 'no server' }], 7],
    );
    assert.deepEqual(successorInstead(ended, [asked(named('b', 'one'))], failed)?.to, named('b', 'two'));
    assert.equal(successorInstead(ended, [asked(named('b', 'two'))], failed), null);
  });

  it('is the same where its start was cut off, but not for ever', () => {
    for (const because of ['limit', 'caller'] as const)
      assert.deepEqual(successorInstead(ended, [asked(named('a'), because)], cutOff)?.to, named('a'));
    assert.deepEqual(successorInstead(ended, [asked(), asked(), asked()], cutOff)?.to, named('b', 'one'));
  });

  it('is no other while the worker runs, and where its caller has named no other', () => {
    assert.equal(successorInstead({ ...ended, alive: true }, [asked()], cutOff), null);
    assert.equal(successorInstead(ended, [asked(named('a'), 'caller')], failed), null);
    assert.equal(successorInstead({ ...ended, onLimit: null }, [asked()], failed), null);
  });
});

describe('what a successor does at its own limit', () => {
  it('is the rest of the list, and then to wait', () => {
    assert.deepEqual(onLimitAfter(onLimit, named('a')).fallbacks, fallbacks.slice(1));
    assert.deepEqual(onLimitAfter(onLimit, named('b', 'two')), { ...onLimit, action: 'wait', fallbacks: [] });
  });
});
