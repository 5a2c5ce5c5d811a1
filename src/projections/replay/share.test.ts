import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { freshFile, note, stranger } from '../../events/testing/stores.ts';
import { Beside } from '../../events/verification/beside.ts';
import { plainRequest } from '../../machines/testing/request.ts';
import { projections } from '../projector/all.ts';
import { type Ledger, openLedger } from '../projector/ledger.ts';
import { HistoryCheck } from './history-check.ts';
import { eventsOf, misplacement, type Share } from './share.ts';
import { feed, type RestAnswer, restOf } from './share-check.ts';

/** Ids that end in every way: the empty one, and characters of one, two and four bytes. */
const WORKERS = ['', 'a', 'b', 'c', 'ap_0', 'ap_1', 'ap_2', 'ap_z', 'ü', '\u{1f600}'];
const TEST = { actor: 'test' };

const { kind: _, ...asked } = plainRequest('ap_1');
const requested = {
  type: 'worker.spawn_requested',
  data: { state: 'STARTING', ...asked, deadline_at: null },
} as const;
const lost = { type: 'worker.lost', data: { state: 'FAILED', reason: 'gone' } } as const;

function ledgerOfWorkers(): { ledger: Ledger; file: string } {
  const file = freshFile();
  const ledger = openLedger(file);
  for (const id of WORKERS) ledger.store.append(`worker/${id}`, [requested, lost], TEST);
  ledger.store.append('watcher', [note('x')], TEST);
  return { ledger, file };
}

/** Whether this share of the ledger is as it should be. */
function isSound({ store }: Ledger, share: Share): boolean {
  const check = new HistoryCheck({ hold: true, share });
  try {
    return feed(store, check, share) && check.compare(store.connection) === null;
  } finally {
    check.close();
  }
}

/** The statement with the tables that the views of these names read now. */
const physical = (ledger: Ledger, statement: string): string =>
  statement.replaceAll(/\{(\w+)\}/g, (_, view: string) => {
    const sql = ledger.get<{ sql: string }>(
      "SELECT sql FROM sqlite_schema WHERE type = 'view' AND name = ?",
      view,
    );
    return /FROM (\w+)$/.exec(sql?.sql ?? '')?.[1] ?? view;
  });

describe('the two shares of a verification', () => {
  it('have every event once', () => {
    const { ledger } = ledgerOfWorkers();
    const positions = (share: Share) =>
      Array.from(ledger.store.readFolded(eventsOf(share)), ({ position }) => position);
    const [all, most, rest] = [positions('all'), positions('most'), positions('rest')];
    assert.deepEqual(
      [...most, ...rest].sort((a, b) => a - b),
      all,
    );
    assert.ok(most.length > 0 && rest.length > 0);
    ledger.close();
  });

  it('find a changed, a missing and an added row of any worker, in one of them', () => {
    for (const id of WORKERS) {
      for (const statement of [
        "UPDATE {session_states} SET state = 'IDLE' WHERE position = (SELECT position FROM {session_facts} WHERE id = ?)",
        'DELETE FROM {activity} WHERE id = ?',
        "INSERT INTO {watch_faults} VALUES (?, '2026-01-02', 'made up')",
      ]) {
        const { ledger, file } = ledgerOfWorkers();
        assert.deepEqual([isSound(ledger, 'most'), isSound(ledger, 'rest')], [true, true]);
        assert.equal(stranger(file).prepare(physical(ledger, statement)).run(id).changes, 1);
        const sound = [isSound(ledger, 'most'), isSound(ledger, 'rest')];
        assert.equal(sound.filter((each) => !each).length, 1, `${id}: ${statement}`);
        ledger.close();
      }
    }
  });

  it('know an event that makes rows of the other one', () => {
    const isMisplaced = misplacement(projections);
    for (const { worker, apply } of projections) {
      const [own, other] = worker === undefined ? ['watcher', 'worker/a'] : ['worker/a', 'watcher'];
      for (const type of Object.keys(apply))
        assert.deepEqual(
          [isMisplaced({ stream_id: own, type }), isMisplaced({ stream_id: other, type })],
          [false, true],
          type,
        );
    }
  });
});

describe('the rest in another thread', () => {
  it('says the same, and counts up to the position that it was asked for', () => {
    const { ledger } = ledgerOfWorkers();
    const { store } = ledger;
    for (const upTo of [1, 8, store.lastPosition()]) {
      const here = restOf(store, upTo);
      const question = { file: store.file, upTo };
      assert.deepEqual(Beside.start<RestAnswer>('rest-thread.js', question)?.result(), here);
      const counted = store.get<{ events: number }>(
        `SELECT count(*) AS events FROM events WHERE position <= ? AND ${eventsOf('rest').where}`,
        upTo,
      );
      assert.equal(here.rest?.counts.events, counted?.events);
    }
    ledger.close();
  });

  it('says of a changed event that the chain does not hold', () => {
    const { ledger, file } = ledgerOfWorkers();
    stranger(file)
      .exec('DROP TRIGGER events_are_final_update')
      .exec("UPDATE events SET actor = 'x' WHERE position = 3");
    const question = { file, upTo: ledger.store.lastPosition() };
    const answer = Beside.start<RestAnswer>('rest-thread.js', question)?.result();
    assert.deepEqual([answer?.chain.holds, answer?.rest], [false, null]);
    ledger.close();
  });
});
