import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { LedgerEvent } from '../../events/catalogue/index.ts';
import { observeEvents, workerStates } from '../../events/catalogue/words.ts';
import { minutesLater, run } from '../testing/given-when-then.ts';
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
  ...samples.resume,
  ...samples.fail_resume,
  ...samples.identify_conversation,
  ...samples.park,
  ...samples.end_park,
  { kind: 'send', text: 'continue', chars: 8, continuation: true },
  ...samples.request_handover,
  ...samples.record_handover,
  ...samples.fail_handover,
  ...samples.take_over,
  ...samples.queue,
  ...samples.move_in_queue,
  ...samples.dequeue,
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

/** Histories that start as most do and continue in any way. */
const histories = fc
  .tuple(
    fc.constantFrom<WorkerCommand[]>([], [request], [request, started], [...samples.queue, request, started]),
    fc.array(fc.constantFrom(...others), { maxLength: 25 }),
  )
  .map(([initial, then]) =>
    [...initial, ...then].map((command, minute) => ({ command, now: minutesLater(minute) })),
  );

const checkEach = (events: readonly LedgerEvent[]) => {
  let worker = noWorker;
  return events.map((event) => {
    const result = checkWorker(worker, event);
    worker = evolveWorker(worker, event);
    return result;
  });
};

describe('an event that is checked again', () => {
  it('leads to the state that the decider chose, in any history', () =>
    fc.assert(
      fc.property(histories, (commands) => {
        const { events } = run(workerDecider, commands);
        for (const [index, result] of checkEach(events).entries()) {
          const { data, type } = events[index] as LedgerEvent;
          assert.equal(result.objection, null, type);
          if ('state' in data) assert.equal(result.state, data.state, type);
        }
      }),
      { numRuns: 300 },
    ));

  it('is checked without trusting the state that it carries', () =>
    fc.assert(
      fc.property(histories, fc.nat(), fc.constantFrom(...workerStates), (commands, at, wrongState) => {
        const { events } = run(workerDecider, commands);
        const index = at % Math.max(1, events.length);
        const event = events[index];
        fc.pre(event !== undefined && 'state' in event.data && event.data.state !== wrongState);
        const forged = { ...event, data: { ...event?.data, state: wrongState } } as LedgerEvent;
        const verdicts = checkEach([...events.slice(0, index), forged]);
        assert.notEqual(verdicts.at(-1)?.state, wrongState);
      }),
      { numRuns: 200 },
    ));

  it('is refused when the worker was never requested, was requested twice, or is gone', () => {
    const { events } = run(workerDecider, [
      { command: request, now: minutesLater(0) },
      { command: started, now: minutesLater(1) },
      { command: { kind: 'lose', reason: 'gone' }, now: minutesLater(2) },
    ]);
    const [asked, ran, lost] = events as [LedgerEvent, LedgerEvent, LedgerEvent];
    assert.match(checkEach([ran])[0]?.objection ?? '', /never requested/);
    assert.match(checkEach([asked, asked])[1]?.objection ?? '', /requested before/);
    assert.match(checkEach([asked, ran, lost, lost])[3]?.objection ?? '', /gone before/);
    assert.match(checkEach([asked, ran, ran])[2]?.objection ?? '', /state READY refuses started/);
  });
});

describe('the signal of an event', () => {
  it('classifies an exit by its code and signal', () => {
    assert.equal(exitOutcome({ code: 0, signal: null }), 'completed');
    assert.equal(exitOutcome({ code: 1, signal: null }), 'failed');
    assert.equal(exitOutcome({ code: null, signal: 'SIGKILL' }), 'failed');
    assert.equal(exitOutcome({ code: 0, signal: 'SIGTERM' }), 'failed');
    assert.equal(exitOutcome({ code: null, signal: null }), 'failed');
  });

  it('is the observation of a transition, and null for an event that does not concern the machine', () => {
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
