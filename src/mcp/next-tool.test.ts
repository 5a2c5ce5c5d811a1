import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { workerStates } from '../events/catalogue/words.ts';
import { afterError, afterObserving, type SeenWorker } from './next-tool.ts';

const wait = { name: 'wait_for_any', arguments: { session_ids: ['ap_1'] } };
const seen = (more: Partial<SeenWorker>): SeenWorker => ({
  ...{ session_id: 'ap_1', state: 'AWAITING_APPROVAL', event: 'approval_prompt', readiness: null },
  ...{ detail: 'excerpt', lockdown: false, dialog: null, wait },
  ...more,
});
const menu: NonNullable<SeenWorker['dialog']> = {
  ...{ kind: 'question', name: null, question: null, title: null, tabs: [], multi_select: false },
  ...{ text_field: null, submit: null, review: false, unanswered: null },
  choices: [{ number: 1, label: null, description: null, selected: true, checked: null, kind: 'option' }],
};
const nameOf = (more: Partial<SeenWorker>) => afterObserving(seen(more))?.name ?? null;

describe('the next call after a worker was observed', () => {
  it('is left to a person when it is about payment, in every state and with every detail', () => {
    for (const state of workerStates)
      for (const detail of ['summary', 'excerpt', 'full'] as const)
        for (const more of [{ event: 'overage_prompt' }, { dialog: { ...menu, kind: 'overage' as const } }])
          assert.equal(nameOf({ state, detail, ...more }), 'attach_info');
  });

  it('reads before it answers: a summary has no words of the worker', () => {
    assert.deepEqual(afterObserving(seen({ detail: 'summary' })), {
      name: 'observe_worker',
      arguments: { session_id: 'ap_1', detail: 'excerpt', timeout_seconds: 0 },
    });
  });

  it('answers a menu by a choice, and prose by a message', () => {
    const answered = { name: 'answer_worker', arguments: { session_id: 'ap_1' } };
    assert.deepEqual(afterObserving(seen({ dialog: menu })), { ...answered, fill: ['choice'] });
    const boxes = { ...menu, multi_select: true };
    assert.deepEqual(afterObserving(seen({ dialog: boxes })), { ...answered, fill: ['choices'] });
    const field = { ...menu, choices: [], text_field: { value: null } };
    assert.deepEqual(afterObserving(seen({ dialog: field })), { ...answered, fill: ['text'] });
    const review = { ...menu, choices: [], review: true };
    assert.deepEqual(afterObserving(seen({ dialog: review })), {
      ...{ name: 'answer_worker', arguments: { session_id: 'ap_1', submit: true } },
    });
    assert.deepEqual(afterObserving(seen({ state: 'AWAITING_USER_INPUT', event: 'question' })), {
      ...{ name: 'send_worker_message', arguments: { session_id: 'ap_1' }, fill: ['message'] },
    });
  });

  it('asks for no words of a worker in lockdown', () => {
    for (const state of workerStates)
      for (const event of ['question', 'idle', 'timeout', 'completed'])
        assert.doesNotMatch(
          JSON.stringify(afterObserving(seen({ state, event, lockdown: true, detail: 'summary' }))),
          /excerpt|full/,
        );
  });

  it('waits in the same way while it works', () => {
    for (const state of ['STARTING', 'READY', 'RUNNING', 'UNKNOWN'] as const)
      assert.deepEqual(afterObserving(seen({ state, event: 'timeout' })), wait);
  });
});

describe('the next call after an error', () => {
  it('never spawns, ends or discards by itself, except a worker whose worktree is to be removed', () => {
    for (const code of [
      'POLICY_BLOCKED',
      'WORKTREE_DIRTY',
      'SPAWN_FAILED',
      'INVALID_ARGUMENTS',
      'INTERNAL_ERROR',
    ])
      assert.equal(afterError(code, { session_id: 'ap_1' }, false), null);
    assert.equal(afterError('WORKTREE_ACTIVE', { session_id: 'ap_1' }, false)?.name, 'terminate_worker');
  });

  it('names no worker where the call named none', () => {
    assert.equal(afterError('DIALOG_WAITS', {}, false), null);
    assert.equal(afterError('DIALOG_WAITS', { session_id: 5 }, false), null);
  });
});
