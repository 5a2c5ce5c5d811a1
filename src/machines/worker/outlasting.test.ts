import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { DomainEvent } from '../../events/catalogue/index.ts';
import { given, NOON, run } from '../testing/given-when-then.ts';
import { samples, saw } from '../testing/samples.ts';
import type { WorkerCommand } from './commands.ts';
import { workerDecider } from './decide.ts';

const worker = given(workerDecider);
const outcomeOf = (...commands: WorkerCommand[]) =>
  run(
    workerDecider,
    commands.map((command) => ({ command, now: NOON })),
  );
const after = (...commands: WorkerCommand[]): DomainEvent[] => outcomeOf(...commands).events as DomainEvent[];

const [request] = samples.request;
const [start] = samples.record_started;
const [prompt] = samples.record_prompt;
const [send] = samples.send;
const [lose] = samples.lose;
const [resume] = samples.resume;
const crash: WorkerCommand = { ...samples.record_exit[0], code: 3 };
const [park] = samples.park;
const [handOver] = samples.request_handover;
const [queue] = samples.queue;
const running = [request, start, prompt];
const goOn: WorkerCommand = { kind: 'send', text: 'continue', chars: 8, continuation: true };

describe('a worker whose process is gone', () => {
  it('is lost, and goes on in another run with its own conversation', () => {
    const { state } = outcomeOf(...running, lose, resume, start);
    assert.deepEqual([state.state, state.run, state.alive, state.conversation], ['READY', 2, true, 'c1']);
  });

  it('is resumed with its time anew, and not beyond its turns', () => {
    const [event] = after(...running, lose, resume).slice(-1);
    assert.ok(event?.type === 'worker.resume_requested');
    assert.equal(event.data.deadline_at, new Date(NOON.getTime() + 60_000).toISOString());
    worker(...after({ ...request, max_turns: 1 }, start, prompt, lose))
      .when(resume)
      .thenRejected('MAX_TURNS_REACHED');
  });

  it('is not resumed while its process lives, nor while it is resumed', () => {
    worker(...after(...running))
      .when(resume)
      .thenRejected('SESSION_ALIVE');
    worker(...after(...running, lose, resume))
      .when(resume)
      .thenRejected('SESSION_ALIVE');
  });

  it('is what it was before, when it cannot be started', () => {
    for (const [end, state] of [
      [lose, 'LOST'],
      [crash, 'FAILED'],
      [samples.record_exit[0], 'COMPLETED'],
      [samples.record_termination[0], 'CANCELLED'],
    ] as const) {
      const outcome = outcomeOf(...running, end, resume, ...samples.fail_resume).state;
      assert.deepEqual([outcome.state, outcome.alive], [state, false]);
    }
    worker(...after(request, start))
      .when(samples.fail_resume[0])
      .thenRejected('INVALID_TRANSITION');
  });

  it('that was ended by its caller is not lost any more', () => {
    assert.equal(outcomeOf(...running, lose, ...samples.record_termination).state.state, 'CANCELLED');
  });

  it('and never ran has nothing to go on with', () => {
    assert.equal(outcomeOf(request, lose).state.state, 'FAILED');
  });
});

describe('a parked worker', () => {
  const parked = [...running, saw('idle'), park];

  it('goes on by the continuation, which is no turn of its caller', () => {
    const { state } = outcomeOf(...parked, goOn);
    assert.deepEqual([state.state, state.turns, state.parks], ['RUNNING', 1, 1]);
  });

  it('is continued once', () => {
    worker(...after(...parked, goOn))
      .when(goOn)
      .thenRejected('OBSERVATION_IGNORED');
  });

  it('goes on by itself when its screen shows work, and by a message of its caller', () => {
    assert.equal(outcomeOf(...parked, saw('screen_changed')).state.state, 'RUNNING');
    assert.equal(outcomeOf(...parked, send).state.state, 'RUNNING');
  });

  it('stays parked at an idle prompt, and when another reset is known', () => {
    assert.equal(outcomeOf(...parked, saw('idle')).state.state, 'PARKED');
    const again = outcomeOf(...parked, { ...park, until: '2026-03-05T00:00:00.000Z' });
    assert.deepEqual([again.state.state, again.state.parks], ['PARKED', 1]);
  });

  it('counts how often a limit stopped it since its caller gave it something', () => {
    const twice = [...parked, goOn, saw('idle'), park];
    assert.equal(outcomeOf(...twice).state.parks, 2);
    assert.equal(outcomeOf(...twice, send, saw('idle'), park).state.parks, 1);
  });

  it('is idle once its wait is given up, and lost with its process', () => {
    assert.equal(outcomeOf(...parked, ...samples.end_park).state.state, 'IDLE');
    assert.equal(outcomeOf(...parked, lose).state.state, 'LOST');
  });

  it('does not wait again once its caller has stopped that, until its next message', () => {
    const stopped = [...parked, { kind: 'end_park', reason: 'stopped' } as const];
    worker(...after(...stopped))
      .when(park)
      .thenRejected('OBSERVATION_IGNORED');
    assert.equal(outcomeOf(...stopped, send, saw('idle'), park).state.state, 'PARKED');
  });

  it('is not a completed one, nor one that is being ended', () => {
    worker(...after(...running, saw('completed')))
      .when(park)
      .thenRejected('INVALID_TRANSITION');
    worker(...after(...running, ...samples.request_termination))
      .when(park)
      .thenRejected('SESSION_ENDING');
  });
});

describe('work that is handed over', () => {
  const asked = [...running, handOver];
  const done = [...asked, ...samples.record_handover];

  it('goes to one successor', () => {
    assert.deepEqual(outcomeOf(...done).state.handover, {
      successor: 'ap_2',
      done: true,
      wasTerminated: false,
    });
    for (const history of [asked, done])
      worker(...after(...history))
        .when({ ...handOver, successor: 'ap_3' })
        .thenRejected('SESSION_HANDED_OVER', { successor: 'ap_2' });
  });

  it('takes no more input in the old worker', () => {
    for (const command of [send, ...samples.send_keys, ...samples.draft, park])
      worker(...after(...done))
        .when(command)
        .thenRejected('SESSION_HANDED_OVER');
  });

  it('goes on in the old worker where it could not be handed over', () => {
    assert.equal(outcomeOf(...asked, ...samples.fail_handover, send).state.state, 'RUNNING');
    worker(...after(...running))
      .when(samples.fail_handover[0])
      .thenRejected('HANDOVER_NOT_PENDING');
  });

  it('is recorded once', () => {
    worker(...after(...done))
      .when(samples.record_handover[0])
      .thenRejected('HANDOVER_NOT_PENDING');
  });

  it('lets the old worker be resumed only when nobody else has it', () => {
    const dead = after(...done, lose);
    worker(...dead)
      .when({ ...resume, liveSuccessor: 'ap_2' })
      .thenRejected('SESSION_HANDED_OVER', { successor: 'ap_2' });
    assert.equal(outcomeOf(...done, lose, resume).state.state, 'STARTING');
    worker(...after(...asked, lose))
      .when(resume)
      .thenRejected('SESSION_HANDED_OVER');
  });
});

describe('a request in the queue', () => {
  it('starts in its own stream, once', () => {
    const { state } = outcomeOf(queue, request);
    assert.deepEqual([state.state, state.alive, state.run], ['STARTING', true, 1]);
    worker(...after(queue, request))
      .when(request)
      .thenRejected('SESSION_EXISTS');
    worker(...after(queue, request))
      .when(samples.dequeue[0])
      .thenRejected('SESSION_NOT_QUEUED');
  });

  it('is dropped for good', () => {
    worker(...after(queue, ...samples.dequeue))
      .when(request)
      .thenRejected('SESSION_EXISTS');
    assert.equal(outcomeOf(queue, ...samples.move_in_queue, ...samples.dequeue).state.state, 'CANCELLED');
  });

  it('has nothing to go on with once it was dropped', () =>
    worker(...after(queue, ...samples.dequeue))
      .when(resume)
      .thenRejected('SESSION_NOT_RESUMABLE'));

  it('has no process that could be given anything', () => {
    for (const command of [send, start, prompt, resume, park, handOver])
      worker(...after(queue))
        .when(command)
        .thenRejected('SESSION_QUEUED');
  });
});
