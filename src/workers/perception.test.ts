import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Judgement, Label } from '../terminal/detection/judge.ts';
import { type Glimpse, Perception } from './perception.ts';

const judged = (label: Label, more: Partial<Judgement> = {}): Judgement => ({
  label,
  warnings: [],
  overage: false,
  rule: `${label}-rule`,
  region: 'turn',
  evidence: [label],
  others: [],
  regions: {},
  ...more,
});

const glimpse = (judgement: Judgement, content = judgement.evidence.join()): Glimpse => ({
  judgement,
  line: null,
  result: null,
  content,
});

const patience = { idleMs: 1000, unknownMs: 30_000 };
const retrying = judged('limit', {
  warnings: [{ kind: 'retrying', text: '429, retrying in 2s', rule: 'retrying' }],
});

describe('what is perceived of a worker', () => {
  it('that retries against a limit: it works on, and the limit is told once', () => {
    const perception = new Perception(0, patience);
    const first = perception.look('RUNNING', glimpse(retrying), 100);
    assert.equal(first.limit, retrying);
    for (const now of [2000, 20_000, 200_000]) {
      const seen = perception.look('RUNNING', glimpse(retrying, `retrying ${now}`), now);
      assert.deepEqual([seen.observation, seen.limit], [null, null]);
    }
  });

  it('whose client has given up on a limit: idle, with the reason', () => {
    const perception = new Perception(0, patience);
    perception.look('RUNNING', glimpse(retrying), 100);
    const bounced = glimpse(judged('limit'), 'it has given up');
    assert.equal(perception.look('RUNNING', bounced, 200).lookAgainIn, 1000);
    const { observation } = perception.look('RUNNING', bounced, 1200);
    assert.deepEqual([observation?.event, observation?.readiness], ['idle', 'limit_reached']);
  });

  it('that was sent a message: the error of the turn before is not told again', () => {
    const perception = new Perception(0, patience);
    const failed = glimpse(judged('error'));
    perception.look('RUNNING', failed, 0);
    assert.equal(perception.look('RUNNING', failed, 1000).observation?.event, 'error');
    perception.sent(60_000);
    const stale = perception.look('RUNNING', failed, 60_010);
    assert.equal(stale.observation, null);
    assert.ok((stale.lookAgainIn ?? 0) > 1000, 'it is given time to react');
    const drafted = glimpse(judged('error'), 'the same banner, and a new text in the box');
    assert.equal(perception.look('RUNNING', drafted, 60_050).observation, null);
    assert.equal(perception.look('RUNNING', glimpse(judged('working')), 60_100).observation, null);
  });

  it('that draws its answered dialog anew: it does not ask again', () => {
    const perception = new Perception(0, patience);
    const dialog = glimpse(judged('approval', { question: 'Proceed?' }));
    const half = glimpse(judged('unknown'), 'half drawn');
    assert.equal(perception.look('RUNNING', dialog, 0).observation?.event, 'approval_prompt');
    perception.sent(1000);
    assert.equal(perception.look('AWAITING_APPROVAL', half, 1010).observation, null);
    assert.equal(perception.look('AWAITING_APPROVAL', dialog, 1030).observation, null);
    perception.look('AWAITING_APPROVAL', half, 1040);
    const again = perception.look('AWAITING_APPROVAL', dialog, 3000);
    assert.equal(again.observation?.event, 'approval_prompt', 'it was gone for long: a new one');
  });

  it('whose dialog was denied: its turn has ended', () => {
    const perception = new Perception(0, patience);
    perception.look('AWAITING_APPROVAL', glimpse(judged('idle')), 0);
    const { observation } = perception.look('AWAITING_APPROVAL', glimpse(judged('idle')), 1000);
    assert.deepEqual([observation?.event, observation?.readiness], ['idle', 'turn_ended']);
  });
});
