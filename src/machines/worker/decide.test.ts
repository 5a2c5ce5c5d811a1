import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { DomainEvent } from '../../events/catalogue/index.ts';
import { given, minutesLater, NOON, recorded, run } from '../testing/given-when-then.ts';
import { everyCommand, samples, saw } from '../testing/samples.ts';
import type { WorkerCommand } from './commands.ts';
import { workerDecider } from './decide.ts';
import { evolveWorker, isFinal, noWorker } from './state.ts';

const worker = given(workerDecider);

/** The events of these commands, all of which must be accepted. */
function eventsOf(...commands: WorkerCommand[]): DomainEvent[] {
  const { events, decisions } = run(
    workerDecider,
    commands.map((command) => ({ command, now: NOON })),
  );
  for (const decision of decisions) assert.ok(decision.accepted, JSON.stringify(decision));
  return events as DomainEvent[];
}

const [request] = samples.request;
const [start] = samples.record_started;
const [prompt] = samples.record_prompt;
const [send] = samples.send;
const [exit] = samples.record_exit;
const crash: WorkerCommand = { ...exit, code: 3, result: 'missing' };
const killed: WorkerCommand = { ...exit, code: null, signal: 'SIGKILL', result: 'missing' };
const [collect] = samples.record_collection;
const [ask, end] = [samples.request_termination[0], samples.record_termination[0]];
const running = eventsOf(request, start, prompt);

const stateAfter = (...commands: WorkerCommand[]) =>
  run(
    workerDecider,
    commands.map((command) => ({ command, now: NOON })),
  ).state.state;

describe('requesting a worker', () => {
  it('starts its stream, with the deadline as a time', () => {
    const { kind: _, ...data } = request;
    worker()
      .when(request)
      .thenEvents({
        type: 'worker.spawn_requested',
        data: { ...data, state: 'STARTING', deadline_at: minutesLater(1).toISOString() },
      });
  });

  it('without a time limit, sets no deadline', () => {
    const { state } = run(workerDecider, [{ command: { ...request, max_runtime_seconds: null }, now: NOON }]);
    assert.equal(state.deadlineAt, null);
  });

  it('is accepted once', () =>
    worker(...running)
      .when(request)
      .thenRejected('SESSION_EXISTS'));

  it('comes before every other command', () => {
    for (const command of everyCommand) {
      if (command.kind !== 'request' && command.kind !== 'queue')
        worker().when(command).thenRejected('SESSION_NOT_FOUND');
    }
  });
});

describe('the outcome of a spawn', () => {
  it('is a worker or a failure', () => {
    assert.equal(stateAfter(request, start), 'READY');
    assert.equal(stateAfter(request, start, prompt), 'RUNNING');
    assert.equal(stateAfter(request, ...samples.fail_spawn), 'FAILED');
  });

  it('is recorded once', () => {
    worker(...running)
      .when(start)
      .thenRejected('INVALID_TRANSITION', { state: 'RUNNING' });
    worker(...running)
      .when(samples.fail_spawn[0])
      .thenRejected('INVALID_TRANSITION');
    worker(...running)
      .when(prompt)
      .thenRejected('PROMPT_ALREADY_DELIVERED');
    worker(...eventsOf(request, samples.fail_spawn[0]))
      .when(start)
      .thenRejected('INVALID_TRANSITION');
  });

  it('keeps the state of a worker that was faster than the record of its task', () => {
    for (const event of ['question', 'approval_prompt', 'completed', 'error'] as const) {
      const before = stateAfter(request, start, saw(event));
      assert.equal(stateAfter(request, start, saw(event), prompt), before);
    }
  });
});

describe('a message', () => {
  it('is an intent with its turn, then an outcome', () => {
    worker(...running)
      .when(send)
      .thenEvents({
        type: 'worker.message_sent',
        data: { state: 'RUNNING', text: 'Go on.', chars: 6, turn: 2 },
      });
    worker(...running, ...eventsOf(request, start, prompt, send).slice(3))
      .when({ kind: 'record_delivery', sentEventId: 'e4', delivery: 'queued', reason: null })
      .thenEvents({
        type: 'worker.message_delivered',
        data: { state: 'RUNNING', sent_event_id: 'e4', delivery: 'queued', reason: null },
      });
  });

  it('has one outcome, and no outcome exists without a message', () => {
    const delivered = eventsOf(request, start, prompt, send, samples.record_delivery[0]);
    worker(...delivered)
      .when(samples.record_delivery[0])
      .thenRejected('MESSAGE_NOT_PENDING');
    worker(...running)
      .when(samples.record_delivery[0])
      .thenRejected('MESSAGE_NOT_PENDING');
  });

  it('is refused when the worker has used its turns', () =>
    worker(...eventsOf(request, start, prompt, send, send))
      .when(send)
      .thenRejected('MAX_TURNS_REACHED', { turns: 3, max_turns: 3 }));

  it('continues a worker that has completed or failed its turn, and is refused by one that has ended', () => {
    for (const event of ['completed', 'error'] as const) {
      assert.equal(stateAfter(request, start, prompt, saw(event), send), 'RUNNING');
    }
    for (const command of [exit, crash, samples.lose[0], end]) {
      worker(...eventsOf(request, start, prompt, command))
        .when(send)
        .thenRejected('SESSION_ENDED');
    }
  });

  it('is refused while the worker is being ended', () =>
    worker(...eventsOf(request, start, prompt, ask))
      .when(send)
      .thenRejected('SESSION_ENDING'));
});

describe('an observation', () => {
  it('is an event when it changes the state', () => {
    const { kind: _, event, ...seen } = saw('question');
    worker(...running)
      .when({ ...saw('question'), question: 'Which one?' })
      .thenEvents({
        type: 'worker.transitioned',
        data: {
          ...seen,
          from: 'RUNNING',
          state: 'AWAITING_USER_INPUT',
          observe_event: event,
          question: 'Which one?',
          readiness: null,
          warnings: [],
        },
      });
  });

  it('stays out of the log when it does not', () => {
    for (const event of ['screen_changed', 'timeout', 'limit_warning'] as const) {
      worker(...running)
        .when(saw(event))
        .thenRejected('OBSERVATION_IGNORED', {}, new RegExp(`RUNNING .*${event}`));
    }
  });

  it('is refused for a worker that has ended, or is being ended', () => {
    worker(...eventsOf(request, start, exit))
      .when(saw('question'))
      .thenRejected('SESSION_ENDED');
    worker(...eventsOf(request, start, ask))
      .when(saw('error'))
      .thenRejected('SESSION_ENDING');
  });
});

describe('an exit', () => {
  it('completes, fails or loses the worker by its code', () => {
    assert.equal(stateAfter(request, start, prompt, exit), 'COMPLETED');
    assert.equal(stateAfter(request, start, prompt, crash), 'FAILED');
    assert.equal(stateAfter(request, start, prompt, killed), 'LOST');
    assert.equal(stateAfter(request, start, prompt, { ...crash, code: 137 }), 'LOST');
    assert.equal(stateAfter(request, start, prompt, { ...killed, signal: 'SIGINT' }), 'FAILED');
    assert.equal(stateAfter(request, exit), 'COMPLETED');
  });

  it('after the end of a turn only records that the process is gone', () => {
    const { state } = run(
      workerDecider,
      [request, start, saw('completed'), crash].map((command) => ({ command, now: NOON })),
    );
    assert.deepEqual([state.state, state.alive], ['COMPLETED', false]);
  });

  it('is recorded once, and not while the worker is being ended', () => {
    worker(...eventsOf(request, start, exit))
      .when(exit)
      .thenRejected('SESSION_ENDED');
    worker(...eventsOf(request, start, ask))
      .when(killed)
      .thenRejected('SESSION_ENDING');
  });
});

describe('a deadline', () => {
  const passed = { command: samples.exceed_deadline[0], now: minutesLater(1) };

  it('is exceeded at its moment, not before, and once', () => {
    const before = new Date(minutesLater(1).getTime() - 1);
    worker(...running)
      .when(passed.command, before)
      .thenRejected('DEADLINE_NOT_PASSED');
    const state = recorded(running).reduce(evolveWorker, noWorker);
    const decision = workerDecider.decide(state, passed.command, { now: passed.now, newId: () => '' });
    assert.ok(decision.accepted);
    worker(...running, ...decision.events)
      .when(passed.command, minutesLater(9))
      .thenRejected('DEADLINE_NOT_PASSED');
  });

  it('is never exceeded by a worker without one', () =>
    worker(...eventsOf({ ...request, max_runtime_seconds: null }))
      .when(passed.command, minutesLater(9999))
      .thenRejected('DEADLINE_NOT_PASSED'));

  it('fails the worker for good: later output does not revive it, and ending it does not cancel it', () => {
    const initial = [request, start, prompt].map((command) => ({ command, now: NOON }));
    const then = [saw('screen_changed'), saw('completed'), send, ask, end].map((command) => ({
      command,
      now: minutesLater(2),
    }));
    const { state, decisions } = run(workerDecider, [...initial, passed, ...then]);
    assert.deepEqual([state.state, state.alive, state.terminated], ['FAILED', false, true]);
    assert.deepEqual(
      decisions.slice(4).map((decision) => (decision.accepted ? 'accepted' : decision.rejection.code)),
      ['SESSION_ENDING', 'SESSION_ENDING', 'SESSION_ENDING', 'accepted', 'accepted'],
    );
  });
});

describe('ending a worker', () => {
  it('cancels what was working, and keeps the state of what had ended', () => {
    assert.equal(stateAfter(request, start, prompt, end), 'CANCELLED');
    assert.equal(stateAfter(request, end), 'CANCELLED');
    assert.equal(stateAfter(request, start, saw('completed'), end), 'COMPLETED');
    assert.equal(stateAfter(request, start, crash, end), 'FAILED');
  });

  it('again is accepted without an event', () =>
    worker(...eventsOf(request, start, end))
      .when(end)
      .thenEvents());

  it('may be requested only while it is alive', () =>
    worker(...eventsOf(request, start, exit))
      .when(ask)
      .thenRejected('SESSION_ENDED'));
});

describe('collecting and cleaning up', () => {
  it('is recorded of its files only after the end', () => {
    const { kind: _, ...data } = samples.remove_files[0];
    worker(...eventsOf(request, start))
      .when(samples.remove_files[0])
      .thenRejected('SESSION_ALIVE');
    worker(...eventsOf(request, start, exit))
      .when(samples.remove_files[0])
      .thenEvents({ type: 'worker.files_removed', data: { state: 'COMPLETED', ...data } });
  });

  it('is accepted after the end', () => {
    const ended = eventsOf(request, start, exit);
    const { kind: _, ...data } = collect;
    worker(...ended)
      .when(collect)
      .thenEvents({ type: 'worker.collected', data: { state: 'COMPLETED', ...data } });
    worker(...ended)
      .when(samples.remove_worktree[0])
      .thenEvents({
        type: 'worktree.removed',
        data: { path: '/w', branch: 'b', branch_kept: false, forced: false, head: 'abc' },
      });
  });
});

describe('a worker, after any sequence of commands', () => {
  const histories = fc
    .tuple(
      fc.constantFrom<WorkerCommand[]>([], [request], [request, start], [request, start, prompt]),
      fc.array(fc.tuple(fc.constantFrom(...everyCommand), fc.integer({ min: 0, max: 30 })), {
        maxLength: 30,
      }),
    )
    .map(([initial, then]) => {
      let now = NOON.getTime();
      const later = then.map(([command, seconds]) => {
        now += seconds * 1000;
        return { command, now: new Date(now) };
      });
      return [...initial.map((command) => ({ command, now: NOON })), ...later];
    });

  it('gets an answer to each, and a refusal gives a reason', () =>
    fc.assert(
      fc.property(histories, (commands) => {
        for (const decision of run(workerDecider, commands).decisions) {
          if (decision.accepted) continue;
          assert.match(decision.rejection.code, /^[A-Z_]+$/);
          assert.match(decision.rejection.message, /^[A-Z].*\.$/);
        }
      }),
    ));

  it('folds to the same state however its history is split', () =>
    fc.assert(
      fc.property(histories, fc.nat(40), (commands, cut) => {
        const { events, state } = run(workerDecider, commands);
        const initial = events.slice(0, cut).reduce(evolveWorker, noWorker);
        assert.deepEqual(events.slice(cut).reduce(evolveWorker, initial), state);
      }),
    ));

  it('never ends without a final state: no dead worker is starting, ready or running', () =>
    fc.assert(
      fc.property(histories, (commands) => {
        const { state, alive } = run(workerDecider, commands).state;
        assert.ok(state === null || state === 'QUEUED' || alive || isFinal(state), String(state));
      }),
    ));

  it('is revived after its end by another run only', () =>
    fc.assert(
      fc.property(histories, (commands) => {
        let before = noWorker;
        for (const event of run(workerDecider, commands).events) {
          const after = evolveWorker(before, event);
          const isStart = event.type === 'worker.resume_requested' || before.state === 'QUEUED';
          assert.ok(before.state === null || before.alive || !after.alive || isStart, event.type);
          const isOver = before.state !== null && !before.alive && !isStart;
          // Ending a lost worker says that it is not to come back.
          if (isOver && event.type !== 'worker.terminated')
            assert.equal(after.state, before.state, event.type);
          before = after;
        }
      }),
    ));

  it('never has more turns than allowed', () =>
    fc.assert(
      fc.property(histories, (commands) => {
        const { turns, maxTurns, promptDelivered } = run(workerDecider, commands).state;
        // The task itself may come after messages: it is delivered when the agent first accepts it.
        assert.ok(maxTurns === null || turns <= maxTurns + (promptDelivered ? 1 : 0));
      }),
    ));
});
