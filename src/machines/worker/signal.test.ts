import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { LedgerEvent } from '../../events/catalogue/index.ts';
import { observeEvents, workerStates } from '../../events/catalogue/words.ts';
import { live, minutesLater } from '../testing/given-when-then.ts';
import { samples } from '../testing/samples.ts';
import type { WorkerCommand } from './commands.ts';
import { workerDecider } from './decide.ts';
import { checkWorker, exitOutcome, signalOf } from './signal.ts';
import { evolveWorker, noWorker } from './state.ts';

const process = { pid: 7, started: '7' };
const request: WorkerCommand = { ...samples.request[0], max_turns: null };

const started: WorkerCommand = {
  kind: 'record_started',
  tmux: { session_name: 's', window: '@1', pane: '%1' },
  process,
  server: process,
  command: ['agent'],
  adopted: false,
};

const others: WorkerCommand[] = [
  { kind: 'fail_spawn', code: 'X', reason: 'x' },
  { kind: 'record_prompt', mode: 'arg', delivery: 'delivered', chars: 10 },
  { kind: 'send', text: 'Go on.', chars: 6 },
  { kind: 'send_keys', keys: ['Enter'] },
  { kind: 'interrupt', keys: ['Escape'] },
  { kind: 'warn_limit', rule: 'r', evidence: [], resetsAtText: null },
  { kind: 'record_exit', code: 0, signal: null, result: 'present' },
  { kind: 'record_exit', code: 3, signal: null, result: 'missing' },
  { kind: 'exceed_deadline' },
  { kind: 'lose', reason: 'gone' },
  { kind: 'record_collection', changed_files: [], artifacts: [], result: 'missing', violation: null },
  { kind: 'request_termination', requester: process },
  { kind: 'record_termination', ended: [] },
  ...observeEvents.map(
    (event): WorkerCommand => ({
      kind: 'observe',
      event,
      source: 'screen',
      rule: 'r',
      evidence: [],
      confidence: 'observed',
    }),
  ),
];

/** A life that begins like most do and goes on in any way at all. */
const lives = fc
  .tuple(
    fc.constantFrom<WorkerCommand[]>([], [request], [request, started]),
    fc.array(fc.constantFrom(...others), { maxLength: 25 }),
  )
  .map(([begun, then]) =>
    [...begun, ...then].map((command, minute) => ({ command, now: minutesLater(minute) })),
  );

const classifiedAlong = (events: readonly LedgerEvent[]) => {
  let worker = noWorker;
  return events.map((event) => {
    const verdict = checkWorker(worker, event);
    worker = evolveWorker(worker, event);
    return verdict;
  });
};

describe('an event judged anew', () => {
  it('leads where the decider said, whatever the life', () =>
    fc.assert(
      fc.property(lives, (commands) => {
        const { events } = live(workerDecider, commands);
        for (const [index, verdict] of classifiedAlong(events).entries()) {
          const { data, type } = events[index] as LedgerEvent;
          assert.equal(verdict.objection, null, type);
          if ('state' in data) assert.equal(verdict.state, data.state, type);
        }
      }),
      { numRuns: 300 },
    ));

  it('does not believe the state that it carries', () =>
    fc.assert(
      fc.property(lives, fc.nat(), fc.constantFrom(...workerStates), (commands, at, lie) => {
        const { events } = live(workerDecider, commands);
        const index = at % Math.max(1, events.length);
        const event = events[index];
        fc.pre(event !== undefined && 'state' in event.data && event.data.state !== lie);
        const lied = { ...event, data: { ...event?.data, state: lie } } as LedgerEvent;
        const verdicts = classifiedAlong([...events.slice(0, index), lied]);
        assert.notEqual(verdicts.at(-1)?.state, lie);
      }),
      { numRuns: 200 },
    ));

  it('is refused when the worker was never asked for, twice asked for, or gone', () => {
    const { events } = live(workerDecider, [
      { command: request, now: minutesLater(0) },
      { command: started, now: minutesLater(1) },
      { command: { kind: 'lose', reason: 'gone' }, now: minutesLater(2) },
    ]);
    const [asked, ran, lost] = events as [LedgerEvent, LedgerEvent, LedgerEvent];
    assert.match(classifiedAlong([ran])[0]?.objection ?? '', /never asked for/);
    assert.match(classifiedAlong([asked, asked])[1]?.objection ?? '', /asked for before/);
    assert.match(classifiedAlong([asked, ran, lost, lost])[3]?.objection ?? '', /gone before/);
    assert.match(classifiedAlong([asked, ran, ran])[2]?.objection ?? '', /READY takes no started/);
  });
});

describe('the signal of an event', () => {
  it('tells an exit by its code and signal', () => {
    assert.equal(exitOutcome({ code: 0, signal: null }), 'completed');
    assert.equal(exitOutcome({ code: 1, signal: null }), 'failed');
    assert.equal(exitOutcome({ code: null, signal: 'SIGKILL' }), 'failed');
    assert.equal(exitOutcome({ code: 0, signal: 'SIGTERM' }), 'failed');
    assert.equal(exitOutcome({ code: null, signal: null }), 'failed');
  });

  it('is what was seen, and none for what says nothing to the machine', () => {
    const seen = { state: 'IDLE', from: 'RUNNING', observe_event: 'idle' };
    const rest = {
      source: '',
      rule: '',
      evidence: [],
      confidence: '',
      question: null,
      readiness: null,
      warnings: [],
    };
    assert.deepEqual(signalOf({ type: 'worker.transitioned', data: { ...seen, ...rest } as never }), {
      type: 'saw.idle',
    });
    assert.equal(signalOf({ type: 'worker.keys_sent', data: { state: 'IDLE', keys: [] } }), null);
  });
});
