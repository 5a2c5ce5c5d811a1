import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { aSample, aWindow } from '../../../../../fixtures/usage/samples.ts';
import type { UsageSample } from '../../../../agents/contract/limits/sample.ts';
import { until } from '../../../../lib/testing/until.ts';
import { openLedger } from '../../../../projections/projector/ledger.ts';
import { Home } from '../../../testing/home.ts';

const TASK = ['--task', 'Look for the parser'];

describe('a limit on a worker’s screen', () => {
  const home = new Home({ agents: [{ id: 'limited', program: 'fake-limit' }] });

  it('is recorded for its provider, and blocks new work there until its reset', async () => {
    const id = await home.spawn('limited');
    const sampled = await until('the sample', () => home.eventsOf('usage.sampled')[0]);
    const { provider_id, status, confidence, source, reset_at } = sampled.data;
    assert.deepEqual(
      { provider_id, status, confidence, source },
      {
        provider_id: 'limited',
        status: 'limit_reached',
        confidence: 'provider_warning',
        source: 'worker-screen',
      },
    );
    assert.equal(sampled.correlation_id, id);
    const { error } = await home.json(['spawn', '--provider', 'limited', ...TASK]);
    assert.equal(error.code, 'POLICY_BLOCKED');
    assert.deepEqual(
      [error.details.policy, error.details.next_available_at],
      ['block_on_usage_statuses', reset_at],
    );
    assert.ok(error.message.includes(`back at ${reset_at}`));
  });

  it('of a fake agent is simulated: it says nothing about any provider', async () => {
    const id = await home.spawn('fake-limit');
    await until('the warning', () => home.eventsOf('worker.limit_warned', id)[0]);
    await home.run(['terminate', id]);
    assert.equal(
      home.eventsOf('usage.sampled').filter(({ data }) => data.provider_id === 'fake-limit').length,
      0,
    );
    assert.ok(await home.spawn('fake-limit'));
  });
});

describe('a limit on a worker’s screen whose reset cannot be read', () => {
  const limit = { FAKE_LIMIT: "You've hit your weekly limit. It resets some other day." };
  const home = new Home({
    agents: [{ id: 'vague', program: 'fake-limit', env: limit }],
    config: { policy: { usage_stale_after_seconds: 1 } },
  });

  it('is remembered when figures of that age are too old, and says that its reset is unknown', async () => {
    await home.spawn('vague');
    const { data } = await until('the sample', () => home.eventsOf('usage.sampled')[0]);
    assert.deepEqual([data.status, data.reset_at], ['limit_reached', null]);
    const summary = await until('the figures to be old', async () => {
      const { providers } = await home.json(['usage-summary', '--provider', 'vague']);
      return providers.vague.stale ? providers.vague : null;
    });
    assert.deepEqual([summary.status, summary.usable], ['limit_reached', false]);
    assert.match(summary.summary, /7d 0 % left, reset unknown/);
    assert.equal(await home.refused(['spawn', '--provider', 'vague', ...TASK]), 'POLICY_BLOCKED');
  });
});

describe('a limit of one model on a worker’s screen', () => {
  const limit = { FAKE_LIMIT: "You've hit your Fable limit · resets in 3 hours" };
  const home = new Home({ agents: [{ id: 'fabled', program: 'fake-limit', env: limit }] });
  const spawn = (model: string) => ['spawn', '--provider', 'fabled', '--model', model, ...TASK];

  it('blocks that model, and no other', async () => {
    await home.json(spawn('fable'));
    const { data } = await until('the sample', () => home.eventsOf('usage.sampled')[0]);
    assert.deepEqual([data.status, data.windows[0]?.scope], ['near_limit', 'Fable']);
    assert.equal(await home.refused(spawn('fable')), 'POLICY_BLOCKED');
    assert.equal(await home.refused(spawn('sonnet')), 'no error');
  });
});

describe('paid use on a worker’s screen', () => {
  const paid = { FAKE_LIMIT: "You're now using usage credits · Your 5-hour limit resets soon" };
  const home = new Home({ agents: [{ id: 'payer', program: 'fake-limit', env: paid }] });
  const spawn = ['spawn', '--provider', 'payer', ...TASK];

  it('blocks spawns and messages, until a person allows it by name', async () => {
    const id = await home.spawn('payer');
    const { data } = await until('the sample', () => home.eventsOf('usage.sampled')[0]);
    assert.equal(data.status, 'overage_possible');
    for (const words of [spawn, ['send', id, 'go on']]) {
      const { error } = await home.json(words);
      assert.equal(error.code, 'POLICY_BLOCKED');
      assert.match(error.message, /add payer to policy\.allow_overage_for/);
    }
    assert.equal(home.eventsOf('worker.message_sent', id).length, 0);
    const { providers } = await home.json(['usage-summary', '--provider', 'payer']);
    assert.deepEqual([providers.payer.usable, providers.payer.unusable_reason], [false, 'overage_possible']);
    home.configure([{ id: 'payer', program: 'fake-limit', env: paid }], {
      policy: { allow_overage_for: ['payer'] },
    });
    assert.equal((await home.json(['send', id, 'go on'])).ok, true);
    assert.ok(await home.spawn('payer'));
  });
});

describe('a spawn', () => {
  const home = new Home({ agents: [{ id: 'mine', program: 'fake-idle' }] });
  const know = (sample: UsageSample) => {
    const ledger = openLedger(home.ledgerFile);
    const event = { type: 'usage.sampled', data: sample };
    ledger.store.append(`usage/${sample.provider_id}`, [event], { actor: 'test' });
    ledger.close();
  };
  const inDays = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString();

  it('records what was known of every provider, and asks none of them', async () => {
    know(
      aSample('codex-cli', {
        observed_at: inDays(0),
        checked_at: inDays(0),
        windows: [aWindow('weekly', 40, inDays(3))],
      }),
    );
    const id = await home.spawn('mine');
    const [requested] = home.eventsOf('worker.spawn_requested', id);
    const capacity = requested?.data.capacity as Record<string, { status: string; windows: object[] }>;
    assert.equal(capacity['codex-cli']?.status, 'available');
    assert.equal(capacity['codex-cli']?.windows.length, 1);
    assert.deepEqual([capacity.mine?.status, capacity['fake-idle']?.status], ['unknown', 'available']);
  });

  it('is refused for a provider at its limit before anything is created', async () => {
    const facts = { observed_at: inDays(-1), checked_at: inDays(-1), status: 'limit_reached' } as const;
    const spawn = ['spawn', '--provider', 'mine', ...TASK];
    const sessions = home.sessions().length;
    know(aSample('mine', { ...facts, windows: [aWindow('weekly', 100, inDays(2))] }));
    assert.equal(await home.refused(spawn), 'POLICY_BLOCKED');
    assert.equal(home.sessions().length, sessions);
    // A limit without a reset only holds as long as the answer is fresh.
    know(aSample('mine', { ...facts, windows: [aWindow('weekly', 100, null)] }));
    assert.equal(await home.refused(spawn), 'no error');
  });

  it('is refused for a model at its own limit; the same task with another records that as its first choice', async () => {
    const facts = { observed_at: inDays(0), checked_at: inDays(0) };
    const windows = [aWindow('weekly', 40, inDays(2)), aWindow('weekly', 100, inDays(2), 'Fable')];
    know(aSample('mine', { ...facts, windows }));
    const spawn = (model: string) => ['spawn', '--provider', 'mine', '--model', model, ...TASK];
    const { error } = await home.json(spawn('fable'));
    assert.deepEqual([error.code, error.details.model], ['POLICY_BLOCKED', 'fable']);
    assert.match(error.message, /^fable on mine has reached its limit, .* Take another model or provider/);
    const { session_id } = await home.json(spawn('sonnet'));
    const [requested] = home.eventsOf('worker.spawn_requested', session_id);
    assert.deepEqual(requested?.data.first_choice, { provider_id: 'mine', model: 'fable' });
    const { walls } = await home.json(['stats', '--sections', 'walls']);
    assert.deepEqual([walls.avoided, walls.by_provider.mine.avoided], [1, 1]);
  });
});
