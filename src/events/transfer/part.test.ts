import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { StoredEvent } from '../event.ts';
import { chainHash, GENESIS, rowValues } from '../store/hash.ts';
import { type Gap, gapIn, partCheck, partLines } from './part.ts';

const MINE = 'worker/mine';

/** A log with events of one worker (true) and of others. The first `older` have the hashes of a release before 0.3. */
function logOf(mine: readonly boolean[], older = 0): StoredEvent[] {
  let previous: Buffer = GENESIS;
  return mine.map((isMine, index) => {
    const row = {
      position: index + 1,
      event_id: `e${index}`,
      stream_id: isMine ? MINE : 'worker/other',
      stream_version: index + 1,
      type: 'worker.recovered',
      schema_version: 1,
      occurred_at: '',
      recorded_at: '',
      command_id: null,
      causation_id: null,
      correlation_id: null,
      actor: 'test',
      payload: `{"secret":"of event ${index}"}`,
      metadata: '{}',
    };
    previous =
      index < older
        ? createHash('sha256')
            .update(previous)
            .update(JSON.stringify(rowValues(row)))
            .digest()
        : chainHash(previous, row);
    return { ...row, hash: previous.toString('hex') };
  });
}

function exported(log: readonly StoredEvent[]): {
  events: StoredEvent[];
  gaps: Map<number, Gap>;
  text: string;
} {
  const last = log.findLast(({ stream_id }) => stream_id === MINE)?.position ?? 0;
  const lines = [...partLines(log, MINE, last)].map(({ line }) => line);
  const gaps = lines.flatMap((line) => gapIn(line) ?? []);
  return {
    events: lines.filter((line) => !gapIn(line)).map((line) => JSON.parse(line) as StoredEvent),
    gaps: new Map(gaps.map((gap) => [gap.to + 1, gap])),
    text: lines.join(''),
  };
}

function checked(events: readonly StoredEvent[], gaps: ReadonlyMap<number, Gap>) {
  const check = partCheck(gaps);
  const faults = events.map((event) => check.next(event)).filter((fault) => fault !== null);
  return { faults, pieces: check.pieces };
}

const logs = fc.array(fc.boolean(), { minLength: 1, maxLength: 40 }).filter((mine) => mine.includes(true));

describe('the part of a log that is one worker', () => {
  it('holds in one piece, whatever lies between its events', () =>
    fc.assert(
      fc.property(logs, (mine) => {
        const { events, gaps } = exported(logOf(mine));
        assert.deepEqual(checked(events, gaps), { faults: [], pieces: 1 });
      }),
    ));

  it('says nothing of the others', () => {
    const { text } = exported(logOf([true, false, false, true]));
    assert.doesNotMatch(text, /of event [12]|worker\/other/);
  });

  it('shows each change, also one whose own hash was made again', () =>
    fc.assert(
      fc.property(logs, fc.nat(), fc.boolean(), (mine, at, remade) => {
        const { events, gaps } = exported(logOf(mine));
        const index = at % events.length;
        const original = events[index];
        fc.pre(original !== undefined && index < events.length - 1);
        const forged = { ...original, payload: '{"secret":"changed"}' };
        if (remade) {
          const before = events[index - 1];
          const link = before?.position === forged.position - 1 ? Buffer.from(before.hash, 'hex') : GENESIS;
          forged.hash = chainHash(link, forged).toString('hex');
        }
        const { faults } = checked(events.with(index, forged), gaps);
        assert.notDeepEqual(faults, []);
      }),
    ));

  it('shows an event that was removed beside a gap', () => {
    const { events, gaps } = exported(logOf([true, true, false, true]));
    assert.equal(checked(events.toSpliced(1, 1), gaps).faults.length, 1);
  });

  it('is in pieces where others were written by an older release', () => {
    const { events, gaps } = exported(logOf([true, false, true, false, true], 2));
    assert.deepEqual(checked(events, gaps), { faults: [], pieces: 2 });
  });
});
