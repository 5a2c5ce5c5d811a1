import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { DomainEvent, LedgerEvent } from '../../events/catalogue/index.ts';
import { recorded } from '../../machines/testing/given-when-then.ts';
import { plainRequest } from '../../machines/testing/request.ts';
import { LineageCheck } from './lineage-check.ts';

const of = (session: string, event: DomainEvent): LedgerEvent =>
  ({ ...recorded([event])[0], stream_id: `worker/${session}` }) as LedgerEvent;

const { kind: _, ...asked } = plainRequest('ap_1');
const requested = (session: string, predecessor?: string) =>
  of(session, {
    type: 'worker.spawn_requested',
    data: { state: 'STARTING', ...asked, deadline_at: null, ...(predecessor ? { predecessor } : {}) },
  });
const handed = (from: string, successor: string) =>
  of(from, { type: 'worker.handed_over', data: { state: 'CANCELLED', successor } });
const took = (session: string, predecessor: string) =>
  of(session, {
    type: 'worker.took_over',
    data: { state: 'STARTING', predecessor, brief_sha256: 'abc' },
  });

function faults(whole: boolean, ...events: LedgerEvent[]): string[] {
  const check = new LineageCheck();
  for (const event of events) check.next(event);
  return check.divergences({ whole }).map(({ message }) => message);
}

describe('the lineage of a chain', () => {
  it('holds where both workers of each handover say the same', () => {
    const chain = [
      requested('a'),
      handed('a', 'b'),
      requested('b', 'a'),
      took('b', 'a'),
      handed('b', 'c'),
      requested('c', 'b'),
      took('c', 'b'),
    ];
    assert.deepEqual(faults(true, ...chain), []);
  });

  it('does not hold where one of them says nothing, or names another', () => {
    assert.match(faults(true, requested('a'), handed('a', 'b')).join(), /which did not take it over/);
    assert.match(faults(true, requested('b', 'a'), took('b', 'a')).join(), /was not handed over to it/);
    const other = [requested('a'), handed('a', 'b'), requested('b', 'c'), took('b', 'a')];
    assert.match(faults(true, ...other).join(), /which its request does not say/);
  });

  it('is not judged by a worker that is not there', () =>
    assert.deepEqual(faults(false, requested('b', 'a'), took('b', 'a')), []));

  it('give the same when the events of one worker were checked elsewhere', () => {
    const whole = [
      requested('ap_1'),
      requested('ap_2', 'ap_1'),
      handed('ap_1', 'ap_2'),
      took('ap_2', 'ap_1'),
    ];
    for (const events of [
      whole,
      whole.slice(0, 3),
      whole.filter(({ type }) => type !== 'worker.handed_over'),
    ]) {
      const [here, elsewhere] = [new LineageCheck(), new LineageCheck()];
      for (const event of events) (event.stream_id.endsWith('1') ? here : elsewhere).next(event);
      here.add(structuredClone(elsewhere.handovers()));
      assert.deepEqual(
        here.divergences({ whole: true }).map(({ message }) => message),
        faults(true, ...events),
      );
    }
  });
});
