import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import fc from 'fast-check';
import { verifyLog } from '../events/store/verify.ts';
import { freshFile } from '../events/testing/stores.ts';
import { processPool } from '../lib/testing/processes.ts';
import type { LeaseCommand } from '../machines/lease/decide.ts';
import { everyCommand } from '../machines/testing/samples.ts';
import { projections } from './projector/all.ts';
import { type Ledger, type LedgerOptions, openLedger } from './projector/ledger.ts';
import { FreshFold } from './replay/table-check.ts';
import { enteredAt } from './sessions/queries.ts';
import { staysOf } from './sessions/timeline.ts';
import { act, type Deed } from './testing/life.ts';
import type { LiveQuestion } from './testing/liver.ts';

function freshLedger(file = freshFile(), options: LedgerOptions = {}): Ledger {
  const ledger = openLedger(file, options);
  after(() => ledger.close());
  return ledger;
}

/** The state that each worker is in was entered when its last stay began. */
function entersWhenItsStayBegins(ledger: Ledger): void {
  const ids = ledger.all<{ id: string }>('SELECT id FROM sessions').map(({ id }) => id);
  for (const [id, entered] of enteredAt(ledger, ids))
    assert.equal(entered, staysOf(ledger.stream(`worker/${id}`)).at(-1)?.entered_at, id);
}

/** The live tables are what a fold of the whole log gives, also one whose rows are held and written in between. */
function equalsAFold(ledger: Ledger): void {
  for (const written of [null, 1, 3, 7, Number.POSITIVE_INFINITY]) {
    const fold = new FreshFold(projections, { hold: written !== null });
    for (const event of ledger.store.read()) {
      fold.apply(event);
      // To read from it writes what is held.
      if (written !== null && event.position % written === 0) assert.ok(fold.connection);
    }
    assert.equal(fold.firstDifference(ledger.store.connection), null);
    fold.close();
  }
}

const lease: fc.Arbitrary<LeaseCommand> = fc.oneof(
  fc.record({
    kind: fc.constant('acquire' as const),
    sessionId: fc.constantFrom('a', 'b'),
    repoPath: fc.constant('/r'),
    path: fc.constantFrom('', 'x', 'x/y'),
    mode: fc.constantFrom('read' as const, 'write' as const),
    ttlSeconds: fc.option(fc.integer({ min: 1, max: 60 })),
  }),
  fc.record({
    kind: fc.constant('release_session' as const),
    sessionId: fc.constantFrom('a', 'b'),
    reason: fc.constant('asked'),
  }),
);
const deed: fc.Arbitrary<Deed> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      worker: fc.constantFrom('a', 'b', 'c'),
      command: fc.constantFrom(...everyCommand),
    }),
  },
  fc.record({ repo: fc.constant('/r'), command: lease }),
);

describe('the read models, whatever happens', () => {
  it('equal a fresh fold of the log, and a rebuild', () => {
    const begun: Deed[] = ['a', 'b'].flatMap((worker) =>
      everyCommand.slice(0, 2).map((command) => ({ worker, command })),
    );
    fc.assert(
      fc.property(fc.array(deed, { maxLength: 60 }), (deeds) => {
        const ledger = openLedger(freshFile());
        for (const [second, done] of [...begun, ...deeds].entries()) act(ledger, done, second * 3);
        equalsAFold(ledger);
        entersWhenItsStayBegins(ledger);
        ledger.projector.rebuild();
        equalsAFold(ledger);
        ledger.close();
      }),
      { numRuns: 30 },
    );
  });

  it('do so while four processes write and a fifth rebuilds', async () => {
    const file = freshFile();
    const liver = new URL('./testing/liver.ts', import.meta.url);
    const pool = await processPool<LiveQuestion, number>(liver, 4, file);
    const ledger = freshLedger(file);
    const writing = pool.askAll((member) => ({
      workers: [`own-${member}`, 'shared-1', 'shared-2'],
      deeds: 250,
    }));
    let done = false;
    const accepted = writing.finally(() => {
      done = true;
    });
    let rebuilds = 0;
    while (!done || rebuilds === 0) {
      ledger.projector.rebuild();
      rebuilds += 1;
      await new Promise((resolve) => setImmediate(resolve));
    }
    assert.ok((await accepted).every((count) => count > 0));
    assert.equal(verifyLog(ledger.store.read()).fault, null);
    equalsAFold(ledger);
    const ids = ledger.all<{ id: string }>('SELECT id FROM sessions ORDER BY id').map(({ id }) => id);
    assert.deepEqual(ids, ['own-0', 'own-1', 'own-2', 'own-3', 'shared-1', 'shared-2']);
  });
});

describe('a requested session', () => {
  it('is a row with its current state, and a stay for every state it was in', () => {
    const noon = Date.parse('2026-03-04T12:00:00.000Z');
    let ticks = 0;
    const ledger = freshLedger(freshFile(), { clock: () => new Date(noon + 1000 * ticks++) });
    const commands = ['request', 'record_started', 'record_prompt', 'record_exit'] as const;
    for (const [second, kind] of commands.entries()) {
      const command = everyCommand.find((candidate) => candidate.kind === kind);
      assert.ok(command && act(ledger, { worker: 'w', command }, second));
    }
    const row = ledger.get<Record<string, unknown>>('SELECT * FROM sessions');
    assert.ok(row);
    const { id, state, version, alive, exit_code, result, created_at, ended_at } = row;
    assert.deepEqual(
      { id, state, version, alive, exit_code, result, created_at, ended_at },
      {
        id: 'w',
        state: 'COMPLETED',
        version: 4,
        alive: 0,
        exit_code: 0,
        result: 'present',
        created_at: '2026-03-04T12:00:00.000Z',
        ended_at: '2026-03-04T12:00:03.000Z',
      },
    );
    const stays = staysOf(ledger.stream('worker/w'));
    assert.deepEqual(
      stays.map((stay) => `${stay.state} ${stay.because}`),
      [
        'STARTING worker.spawn_requested',
        'READY worker.started',
        'RUNNING worker.prompt_delivered',
        'COMPLETED worker.exited',
      ],
    );
  });
});
