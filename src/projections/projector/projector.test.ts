import assert from 'node:assert/strict';
import { once } from 'node:events';
import { describe, it } from 'node:test';
import { freshFile, note, TEST } from '../../events/testing/stores.ts';
import { AgentPoolError } from '../../lib/errors.ts';
import { processPool } from '../../lib/testing/processes.ts';
import { FreshFold } from '../replay/table-check.ts';
import { checkpoints, expectedTexts, opened, textsOf } from '../testing/counted.ts';
import { appendNotes, counting, tallying } from '../testing/counting.ts';
import type { RebuildQuestion } from '../testing/rebuilder.ts';
import { type Ledger, openLedger } from './ledger.ts';

const isNewer = (error: unknown) => error instanceof AgentPoolError && error.code === 'LEDGER_NEWER';

/** No tables are left of generations that are not live. */
function tidy(ledger: Ledger): void {
  const rows = ledger.all<{ name: string }>(
    "SELECT name FROM sqlite_schema WHERE name GLOB '*__*' AND type = 'table'",
  );
  assert.equal(rows.length, checkpoints(ledger).length, JSON.stringify(rows));
}

const tallies = (ledger: Ledger) =>
  ledger.all<{ notes: number; last: number }>('SELECT notes, last FROM counted ORDER BY digit');

const expectedTallies = (count: number, by: number) =>
  Array.from({ length: 10 }, (_, digit) => {
    const positions = Array.from({ length: count }, (_, index) => index + 1).filter(
      (at) => at % 10 === digit,
    );
    return { notes: by * positions.length, last: positions.at(-1) };
  });

describe('a projection', () => {
  it('is in step with every append, in its transaction', () => {
    const ledger = opened(freshFile(), [counting(1)]);
    appendNotes(ledger.store, 3);
    assert.deepEqual(textsOf(ledger), ['n1', 'n2', 'n3']);
    assert.deepEqual(checkpoints(ledger), [{ name: 'counted', version: 1, position: 3, active: 1 }]);
    assert.throws(() =>
      ledger.store.transaction(() => {
        appendNotes(ledger.store, 1);
        throw new Error('no');
      }),
    );
    assert.deepEqual(textsOf(ledger), ['n1', 'n2', 'n3']);
    appendNotes(ledger.store, 1);
    assert.deepEqual(textsOf(ledger), expectedTexts(4));
  });

  it('rolls back the append if it cannot apply an event', () => {
    let broken = false;
    const fragile = counting(1, 'counted', () => {
      if (broken) throw new Error('out of order');
    });
    const ledger = opened(freshFile(), [fragile]);
    appendNotes(ledger.store, 1);
    broken = true;
    assert.throws(() => appendNotes(ledger.store, 1), /out of order/);
    broken = false;
    assert.equal(ledger.store.lastPosition(), 1);
    appendNotes(ledger.store, 1);
    assert.deepEqual(textsOf(ledger), expectedTexts(2));
  });

  it('applies events that other processes append in turn with this one', () => {
    const file = freshFile();
    const [one, other] = [opened(file, [counting(1)]), opened(file, [counting(1)])];
    for (let turn = 0; turn < 5; turn++) {
      appendNotes(one.store, 2);
      appendNotes(other.store, 1);
    }
    assert.deepEqual(textsOf(one), expectedTexts(15));
  });

  it('that another program does not know catches up when a program that knows it opens or appends', () => {
    const file = freshFile();
    const both = [counting(1, 'first'), counting(1, 'second')];
    const knowing = opened(file, both);
    const ignorant = opened(file, both.slice(0, 1));
    appendNotes(knowing.store, 2);
    appendNotes(ignorant.store, 3);
    assert.equal(textsOf(knowing, 'second').length, 2);
    appendNotes(knowing.store, 1);
    assert.deepEqual(textsOf(knowing, 'second'), expectedTexts(6));

    appendNotes(ignorant.store, 1);
    appendNotes(ignorant.store, 1);
    const opening = opened(file, both);
    assert.deepEqual(textsOf(opening, 'second'), expectedTexts(8));
    assert.deepEqual(textsOf(opening, 'first'), expectedTexts(8));
    appendNotes(knowing.store, 1);
    assert.deepEqual(textsOf(opening, 'second'), expectedTexts(9));
    assert.deepEqual(textsOf(opening, 'first'), expectedTexts(9));
  });
});

describe('a changed version', () => {
  it('is rebuilt when the ledger is opened, and reports its progress', () => {
    const file = freshFile();
    appendNotes(opened(file, [counting(1)]).store, 4500);
    const reported: unknown[] = [];
    const ledger = opened(file, [counting(2)], {
      onRebuild: (names, progress) => reported.push([names, progress]),
    });
    assert.deepEqual(
      textsOf(ledger),
      expectedTexts(4500, (text) => text.toUpperCase()),
    );
    assert.deepEqual(reported, [
      [['counted'], { position: 2000, last: 4500 }],
      [['counted'], { position: 4000, last: 4500 }],
    ]);
    tidy(ledger);
  });

  it('is not rebuilt again by the next process', () => {
    const file = freshFile();
    appendNotes(opened(file, [counting(2)]).store, 3);
    let applied = 0;
    opened(file, [
      counting(2, 'counted', () => {
        applied += 1;
      }),
    ]);
    assert.equal(applied, 0);
  });

  it('that is older than the ledger is refused, and changes nothing', () => {
    const file = freshFile();
    const ledger = opened(file, [counting(2)]);
    appendNotes(ledger.store, 1);
    assert.throws(() => openLedger(file, { projections: [counting(1)] }), isNewer);
    assert.throws(
      () => openLedger(file, { projections: [counting(1)] }),
      /projection counted version 2, this AgentPool knows 1/,
    );
    assert.deepEqual(textsOf(ledger), ['N1']);
  });

  it('stops a long-running older process at its next append, which is rolled back', () => {
    const file = freshFile();
    const old = opened(file, [counting(1)]);
    appendNotes(old.store, 1);
    const upgraded = opened(file, [counting(2)]);
    assert.throws(() => appendNotes(old.store, 1), isNewer);
    assert.throws(() => old.projector.rebuild(), isNewer);
    assert.equal(upgraded.store.lastPosition(), 1);
    appendNotes(upgraded.store, 1);
    assert.deepEqual(textsOf(upgraded), ['N1', 'N2']);
  });
});

describe('a rebuild', () => {
  it('works on an empty log, and twice in a row', () => {
    const ledger = opened(freshFile(), [counting(1), counting(1, 'other')]);
    for (let time = 0; time < 2; time++) ledger.projector.rebuild();
    assert.deepEqual(textsOf(ledger), []);
    appendNotes(ledger.store, 3);
    for (let time = 0; time < 2; time++) {
      ledger.projector.rebuild();
      assert.deepEqual(textsOf(ledger), expectedTexts(3));
      assert.deepEqual(textsOf(ledger, 'other'), expectedTexts(3));
    }
    appendNotes(ledger.store, 1);
    assert.deepEqual(textsOf(ledger), expectedTexts(4));
    tidy(ledger);
  });

  it('repairs tables that another program has changed', () => {
    const ledger = opened(freshFile(), [counting(1)]);
    appendNotes(ledger.store, 3);
    ledger.store.connection.exec("UPDATE counted__1 SET text = 'tampered' WHERE position = 2");
    ledger.projector.rebuild();
    assert.deepEqual(textsOf(ledger), expectedTexts(3));
  });

  it('does not block readers and writers, and misses no event', () => {
    const file = freshFile();
    const [one, other] = [opened(file, [counting(1)]), opened(file, [counting(1)])];
    appendNotes(one.store, 5000);
    let during = 0;
    one.projector.rebuild(undefined, () => {
      during += 1;
      appendNotes(other.store, 10);
      assert.equal(textsOf(other).length, other.store.lastPosition());
    });
    assert.ok(during >= 2);
    appendNotes(other.store, 1);
    assert.deepEqual(textsOf(one), expectedTexts(5000 + during * 10 + 1));
    tidy(one);
  });

  it('may run in two processes at once', () => {
    const file = freshFile();
    const [one, other] = [opened(file, [counting(1)]), opened(file, [counting(1)])];
    appendNotes(one.store, 5000);
    let once = true;
    one.projector.rebuild(undefined, () => {
      if (once) other.projector.rebuild();
      once = false;
    });
    appendNotes(one.store, 1);
    assert.deepEqual(textsOf(other), expectedTexts(5001));
    tidy(one);
  });

  it('continues after a kill, while readers see the previous tables', async () => {
    const file = freshFile();
    const before = opened(file, [counting(1)]);
    appendNotes(before.store, 7000);
    const rebuilder = new URL('../testing/rebuilder.ts', import.meta.url);
    const pool = await processPool<RebuildQuestion, number>(rebuilder, 2, file);
    const [victim] = pool.members;
    assert.ok(victim);
    const died = once(victim, 'exit');
    await assert.rejects(pool.ask(0, { version: 2, dieAt: 4711 }), /SIGKILL/);
    assert.deepEqual(await died, [null, 'SIGKILL']);

    assert.deepEqual(checkpoints(before), [
      { name: 'counted', version: 2, position: 4000, active: 0 },
      { name: 'counted', version: 1, position: 7000, active: 1 },
    ]);
    appendNotes(before.store, 5);
    assert.equal(textsOf(before).length, 7005);

    assert.equal(await pool.ask(1, { version: 2 }), 3005);
    const rebuilt = opened(file, [counting(2)]);
    assert.deepEqual(
      textsOf(rebuilt),
      expectedTexts(7005, (text) => text.toUpperCase()),
    );
    tidy(rebuilt);
  });

  it('that holds rows in memory continues after kills, and loses and doubles none of their changes', async () => {
    const file = freshFile();
    const before = opened(file, [tallying(1)]);
    appendNotes(before.store, 7000);
    const rebuilder = new URL('../testing/rebuilder.ts', import.meta.url);
    const pool = await processPool<RebuildQuestion, number>(rebuilder, 3, file);
    const shadow = () => checkpoints(before).find(({ active }) => active === 0)?.position;
    // In the middle of a batch, and at its last event: no row of it has been written then.
    for (const [member, [dieAt, position]] of [
      [3999, 2000],
      [6000, 4000],
    ].entries()) {
      await assert.rejects(pool.ask(member, { version: 2, held: true, dieAt: dieAt ?? 0 }), /SIGKILL/);
      assert.equal(shadow(), position);
      assert.deepEqual(tallies(before), expectedTallies(7000, 1));
    }
    assert.equal(await pool.ask(2, { version: 2, held: true }), 3000);
    const rebuilt = opened(file, [tallying(2)]);
    assert.deepEqual(tallies(rebuilt), expectedTallies(7000, 10));
    appendNotes(rebuilt.store, 3);
    assert.deepEqual(tallies(rebuilt), expectedTallies(7003, 10));
    tidy(rebuilt);
  });

  it('restarts if it was begun for an older version, but not for a newer one', () => {
    const file = freshFile();
    const ledger = opened(file, [counting(1)]);
    appendNotes(ledger.store, 3000);
    const stopped = new Error('stop here');
    const halfway = () =>
      openLedger(file, {
        projections: [counting(3)],
        onRebuild: () => {
          throw stopped;
        },
      });
    assert.throws(halfway, stopped);
    assert.equal(checkpoints(ledger)[0]?.version, 3);
    assert.throws(() => openLedger(file, { projections: [counting(2)] }), isNewer);
    assert.throws(() => ledger.projector.rebuild(), isNewer);
    const latest = opened(file, [counting(4)]);
    assert.equal(textsOf(latest).length, 3000);
    tidy(latest);
  });
});

describe('a fresh fold', () => {
  it('finds the first row that differs from the log', () => {
    const projections = [counting(1), counting(1, 'other')];
    const ledger = opened(freshFile(), projections);
    appendNotes(ledger.store, 5);
    const difference = () => {
      const fold = new FreshFold(projections);
      for (const event of ledger.store.read()) fold.apply(event);
      const found = fold.firstDifference(ledger.store.connection);
      fold.close();
      return found;
    };
    assert.equal(difference(), null);
    const { connection } = ledger.store;
    connection.exec("UPDATE other__2 SET text = 'x' WHERE position = 4");
    assert.deepEqual(difference(), {
      projection: 'other',
      table: 'other',
      actual: { position: 4, text: 'x' },
      expected: { position: 4, text: 'n4' },
    });
    connection.exec('DELETE FROM counted__1 WHERE position = 2');
    assert.deepEqual(difference()?.expected, { position: 2, text: 'n2' });
    connection.exec("INSERT INTO counted__1 VALUES (2, 'n2'), (9, 'n9')");
    assert.deepEqual(difference()?.actual, { position: 9, text: 'n9' });
  });

  it('that holds rows says when it settles that the database refuses one', () => {
    const { store } = opened(freshFile(), [counting(1)]);
    appendNotes(store, 1);
    const fold = new FreshFold([{ ...counting(1), held: { counted: 'position' } }], { hold: true });
    const [stored] = store.readAll({});
    assert.ok(stored);
    fold.apply(stored);
    fold.settle();
    fold.apply(stored);
    assert.throws(() => fold.settle(), /UNIQUE constraint failed/);
    fold.close();
  });

  it('skips events that it cannot read, as the live tables do', () => {
    const ledger = opened(freshFile(), [counting(1)]);
    const { store } = ledger;
    store.append('notes', [note('n1')], TEST);
    const [stored] = store.readAll({});
    assert.ok(stored);
    const { hash: _, ...row } = stored;
    store.restore([
      { ...row, position: 2, event_id: 'e2', stream_version: 2, type: 'from.tomorrow', hash: '00' },
    ]);
    store.append('notes', [note('n3')], TEST);
    assert.deepEqual(textsOf(ledger), ['n1', 'n3']);
    assert.equal(checkpoints(ledger)[0]?.position, 3);
  });
});
