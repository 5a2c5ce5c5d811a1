import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { RunnableAgent } from '../../../agents/contract/launch.ts';
import { usageWindow } from '../../../agents/contract/limits/reading.ts';
import type { UsageSample } from '../../../agents/contract/limits/sample.ts';
import { defaultConfig } from '../../../config/file/defaults.ts';
import type { ObserveEvent } from '../../../events/catalogue/words.ts';
import type { OnLimit } from '../../../events/catalogue/worker-shapes.ts';
import type { Observation, WorkerCommand } from '../../../machines/worker/commands.ts';
import { noWorker } from '../../../machines/worker/state.ts';
import type { SessionRow } from '../../../projections/sessions/queries.ts';
import type { Classification } from '../../../terminal/detection/classify.ts';
import { unknownSample } from '../../../usage/asking/unasked.ts';
import type { WatchContext } from '../../core/record.ts';
import { classified } from '../../testing/classified.ts';
import { workerEvent } from '../../testing/events.ts';
import { LimitWatch } from './limit-watch.ts';

const NOW = new Date('2026-11-30T12:00:00Z');
const WAIT: OnLimit = { action: 'wait', fallbacks: [], wait_at_most_seconds: null };
const retrying = classified('working', {
  continues_itself: true,
  warnings: [
    { kind: 'limit_warning', text: 'rate limit [retrying in 6s attempt #5]', rule: 'limit-retrying' },
    { kind: 'retrying', text: 'rate limit [retrying in 6s attempt #5]', rule: 'retrying' },
  ],
});
const working = classified('working');

/** A watch of a worker in a state that the test sets, and what it records. */
function watched(onLimit: OnLimit | null, { isSilent = false, used = 100 } = {}) {
  const commands: WorkerCommand[] = [];
  const asked: UsageSample[] = [];
  const resets = '2026-11-30T15:00:00.000Z';
  const sample: UsageSample = {
    ...unknownSample('copilot-cli', NOW),
    status: 'available',
    windows: [usageWindow({ kind: 'monthly', used, resets, confidence: 'official' })],
  };
  const app = {
    config: defaultConfig(),
    given: () => ({ now: NOW, newId: () => '' }),
  } as unknown as WatchContext;
  const watch = new LimitWatch({
    app,
    session: { id: 'ap_one', provider_id: 'fake-idle', account: null, model: null } as SessionRow,
    limits: {
      known: () => (isSilent ? (asked[0] ?? null) : null),
      ageMs: () => (asked.length > 0 ? 0 : null),
      ask: async () => {
        asked.push(sample);
        return isSilent ? sample : null;
      },
    },
    agent: () => (isSilent ? { retriesSilently: true } : {}) as RunnableAgent,
    worker: () => ({ ...noWorker, state: 'RUNNING', alive: true, onLimit }),
    record: (command) => {
      commands.push(command);
      return [];
    },
    look: () => null,
    onFault: assert.fail,
    lookAgain: () => {},
  });
  const observed = (event: ObserveEvent, readiness: string | null): Observation => ({
    ...{ event, readiness, source: 'screen', rule: 'r', evidence: ['near'], confidence: 'observed' },
  });
  const take = async (
    state: 'RUNNING' | 'PARKED',
    raw: Classification,
    {
      at = 0,
      saw = null as ObserveEvent | null,
      readiness = null as string | null,
      content = null as string | null,
    } = {},
  ) => {
    const snapshot = {
      classification: raw,
      line: null,
      result: null,
      content: content ?? `${raw.label} ${at}`,
    };
    const isTaken = watch.take(state, { raw, snapshot, observation: saw && observed(saw, readiness) }, at);
    await nextTurn();
    return isTaken;
  };
  const parks = () => commands.flatMap((command) => (command.kind === 'park' ? [command] : []));
  const end = () => watch.close();
  const warnings = () => commands.filter(({ kind }) => kind === 'warn_limit').length;
  return { watch, take, parks, warnings, asked, end };
}

describe('a limit on the screen of a worker', () => {
  it('parks it in place of an idle prompt, where its caller wants that', async () => {
    const { take, parks, end } = watched(WAIT);
    assert.ok(await take('RUNNING', classified('limit'), { saw: 'idle', readiness: 'limit_reached' }));
    assert.deepEqual(
      parks().map(({ because, continues_itself }) => [because, continues_itself]),
      [['limit', false]],
    );
    end();
  });

  it('leaves it at its prompt where its caller does not', async () => {
    for (const onLimit of [null, { ...WAIT, action: 'stop' } as const]) {
      const { take, parks } = watched(onLimit);
      assert.ok(!(await take('RUNNING', classified('limit'), { saw: 'idle', readiness: 'limit_reached' })));
      assert.deepEqual(parks(), []);
    }
  });

  it('that was only near parks a turn that was cut short, until its window resets', async () => {
    const { take, parks, end } = watched(WAIT);
    const warnings = [
      {
        kind: 'limit_warning' as const,
        text: "You've used 96% of your session limit",
        rule: 'limit-near',
        resets_at_text: 'in 2 hours',
      },
    ];
    assert.ok(
      await take('RUNNING', classified('idle', { warnings }), { saw: 'idle', readiness: 'cut_short' }),
    );
    assert.deepEqual([parks()[0]?.because, parks()[0]?.until], ['cut_short', '2026-11-30T14:00:00.000Z']);
    end();
  });

  it('in a menu with a safe key parks it, and any other offer to pay waits for a person', async () => {
    const { take, parks, end } = watched(WAIT);
    const menu = classified('limit', { overage: true });
    assert.ok(!(await take('RUNNING', menu, { saw: 'overage_prompt' })));
    assert.ok(await take('RUNNING', { ...menu, safe_key: 'Escape' }, { saw: 'overage_prompt' }));
    assert.equal(parks().length, 1);
    end();
  });
});

describe('a client that retries at a limit', () => {
  it('is parked once it has for ten seconds, and goes on by itself', async () => {
    const { take, parks, end } = watched(WAIT);
    await take('RUNNING', retrying, { at: 1000 });
    await take('RUNNING', working, { at: 4000 });
    await take('RUNNING', retrying, { at: 9000 });
    assert.deepEqual(parks(), []);
    await take('RUNNING', retrying, { at: 11_000 });
    assert.deepEqual([parks().length, parks()[0]?.continues_itself], [1, true]);
    end();
  });

  it('is not parked for a hiccup', async () => {
    const { take, parks } = watched(WAIT);
    await take('RUNNING', retrying, { at: 1000 });
    await take('RUNNING', working, { at: 3000 });
    await take('RUNNING', working, { at: 8000 });
    await take('RUNNING', retrying, { at: 12_000 });
    assert.deepEqual(parks(), []);
  });

  it('stays parked between two tries, and works once it has not retried for a while', async () => {
    const { watch, take, end } = watched(WAIT);
    watch.onEvent(workerEvent('worker.parked', PARKED));
    await take('PARKED', retrying, { at: 1000 });
    assert.ok(await take('PARKED', working, { at: 3000, saw: 'screen_changed' }));
    assert.ok(!(await take('PARKED', working, { at: 7000, saw: 'screen_changed' })));
    end();
  });
});

describe('an agent that retries without a word', () => {
  const silently = { content: 'reads a file' };

  it('is parked once it was silent for minutes and its provider says that its limit is used up', async () => {
    const { take, parks, warnings, asked, end } = watched(WAIT, { isSilent: true });
    await take('RUNNING', working, { at: 0, ...silently });
    await take('RUNNING', working, { at: 100_000, ...silently });
    assert.deepEqual([asked.length, parks()], [0, []]);
    await take('RUNNING', working, { at: 121_000, ...silently });
    await take('RUNNING', working, { at: 122_000, ...silently });
    assert.equal(asked.length, 1);
    assert.deepEqual(
      parks().map(({ until, known_from, continues_itself }) => [until, known_from, continues_itself]),
      [['2026-11-30T15:00:00.000Z', 'usage', true]],
    );
    assert.equal(warnings(), 1);
    end();
  });

  it('stays parked while it is silent, and works with its next output', async () => {
    const { watch, take, end } = watched(WAIT, { isSilent: true });
    watch.onEvent(workerEvent('worker.parked', PARKED));
    assert.ok(await take('PARKED', working, { at: 1000, saw: 'screen_changed', ...silently }));
    assert.ok(await take('PARKED', working, { at: 900_000, saw: 'screen_changed', ...silently }));
    const more = { content: 'reads a file\nwrites one' };
    assert.ok(!(await take('PARKED', working, { at: 901_000, saw: 'screen_changed', ...more })));
    end();
  });

  it('is warned of, and not parked, where its caller does not want that', async () => {
    const { take, parks, warnings } = watched(null, { isSilent: true });
    for (const at of [0, 121_000, 122_000, 500_000]) await take('RUNNING', working, { at, ...silently });
    assert.deepEqual([warnings(), parks()], [1, []]);
  });

  it('works where its provider says that there is something left, and is asked about every five minutes', async () => {
    const { take, parks, asked } = watched(WAIT, { isSilent: true, used: 40 });
    for (const at of [0, 121_000, 122_000, 200_000]) await take('RUNNING', working, { at, ...silently });
    assert.deepEqual([asked.length, parks()], [1, []]);
  });
});

const PARKED = {
  state: 'PARKED' as const,
  because: 'limit' as const,
  until: null,
  window: null,
  known_from: 'nothing',
  continues_itself: true,
  check_at: new Date(0).toISOString(),
  give_up_at: null,
  attempt: 1,
  tried: [],
};
