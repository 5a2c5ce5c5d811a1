import type { WorkerState } from '../../events/catalogue/words.ts';
import {
  accepted,
  type Decider,
  type Decision,
  type DecisionContext,
  rejected,
} from '../../events/decider.ts';
import type { Observation, WorkerCommand } from './commands.ts';
import { decideHandover, rejectionIfHandedOver } from './handover.ts';
import { next } from './machine.ts';
import { park } from './parking.ts';
import { decideQueued, requeue } from './queue.ts';
import { failResume, resume } from './resume.ts';
import { exitOutcome, isCrash } from './signal.ts';
import { evolveWorker, noWorker, type Worker } from './state.ts';
import { end, ifAlive, ifRunning, refuse, rejectionIfOutOfTurns, rejectionIfOver, step } from './steps.ts';

/** Decides what a command does to a worker: events that carry the resulting state, or a rejection with its reason. */
export const workerDecider: Decider<Worker, WorkerCommand> = {
  initial: noWorker,
  evolve: evolveWorker,
  decide: decideWorker,
};

function decideWorker(worker: Worker, command: WorkerCommand, { now }: DecisionContext): Decision {
  if (command.kind === 'request')
    return worker.state && worker.state !== 'QUEUED'
      ? refuse('SESSION_EXISTS', worker)
      : request(command, now);
  if (command.kind === 'queue') {
    const { kind: _, ...data } = command;
    if (worker.state) return refuse('SESSION_EXISTS', worker);
    return accepted({ type: 'worker.queued', data: { state: 'QUEUED', ...data } });
  }
  if (!worker.state) return rejected('SESSION_NOT_FOUND', 'No session with this id was ever requested.');
  const state = worker.state;
  if (state === 'QUEUED') return decideQueued(worker, command);

  switch (command.kind) {
    case 'record_started': {
      const { kind: _, ...data } = command;
      return step(worker, { type: 'started' }, (to) => ({
        type: 'worker.started',
        data: { state: to, ...data },
      }));
    }
    case 'fail_spawn':
      return step(worker, { type: 'spawn_failed' }, (to) => ({
        type: 'worker.spawn_failed',
        data: { state: to, code: command.code, reason: command.reason },
      }));
    case 'record_prompt':
      if (worker.promptDelivered) return refuse('PROMPT_ALREADY_DELIVERED', worker);
      return recordPrompt(worker, command);
    case 'send':
      return send(worker, command);
    case 'record_delivery':
      if (worker.sending !== command.sentEventId) return refuse('MESSAGE_NOT_PENDING', worker);
      return accepted({
        type: 'worker.message_delivered',
        data: {
          state,
          sent_event_id: command.sentEventId,
          delivery: command.delivery,
          reason: command.reason,
        },
      });
    case 'draft': {
      const { text, chars } = command;
      return (
        rejectionIfOver(worker) ??
        rejectionIfHandedOver(worker) ??
        accepted({ type: 'worker.message_drafted', data: { state, text, chars } })
      );
    }
    case 'send_keys':
      return (
        rejectionIfHandedOver(worker) ??
        ifAlive(worker, { type: 'worker.keys_sent', data: { state, keys: command.keys } })
      );
    case 'interrupt':
      return ifAlive(worker, { type: 'worker.interrupted', data: { state, keys: command.keys } });
    case 'observe':
      return observe(worker, command);
    case 'warn_limit': {
      const { rule, evidence, resetsAtText } = command;
      return ifAlive(worker, {
        type: 'worker.limit_warned',
        data: { state, rule, evidence, resets_at_text: resetsAtText },
      });
    }
    case 'warn_retry':
      return ifRunning(worker, {
        type: 'worker.retrying',
        data: { state, rule: command.rule, evidence: command.evidence },
      });
    case 'recover':
      return ifRunning(worker, { type: 'worker.recovered', data: { state } });
    case 'omit_observations':
      return ifAlive(worker, {
        type: 'worker.observations_omitted',
        data: { state, observations: command.observations },
      });
    case 'fail_watch':
      if (worker.unwatched) return refuse('OBSERVATION_IGNORED', worker);
      return ifAlive(worker, { type: 'worker.watch_failed', data: { state, error: command.error } });
    case 'restore_watch':
      if (!worker.unwatched) return refuse('OBSERVATION_IGNORED', worker);
      return ifAlive(worker, { type: 'worker.watch_restored', data: { state } });
    case 'record_exit':
      return exit(worker, command);
    case 'exceed_deadline':
      return exceedDeadline(worker, command, now);
    case 'lose':
      // A worker that never ran has done nothing that could go on.
      return end(worker, { type: 'lost', resumable: worker.started }, (to) => ({
        type: 'worker.lost',
        data: { state: to, reason: command.reason, ...(to === 'LOST' ? { resumable: true } : {}) },
      }));
    case 'record_collection': {
      const { kind: _, ...data } = command;
      return accepted({ type: 'worker.collected', data: { state, ...data } });
    }
    case 'request_termination':
      return ifAlive(worker, {
        type: 'worker.termination_requested',
        data: { state, requester: command.requester },
      });
    case 'record_termination':
      // Ending a worker again is accepted and records nothing.
      if (worker.terminated) return accepted();
      return terminate(state, command.ended);
    case 'record_worktree': {
      const { kind: _, ...data } = command;
      return accepted({ type: 'worktree.created', data });
    }
    case 'remove_worktree': {
      const { kind: _, branchKept, ...data } = command;
      return accepted({ type: 'worktree.removed', data: { ...data, branch_kept: branchKept } });
    }
    case 'record_patch_applied': {
      const { kind: _, ...data } = command;
      return accepted({ type: 'worker.patch_applied', data: { state, ...data } });
    }
    case 'remove_files':
      return removeFiles(worker, state, command);
    case 'identify_conversation':
      if (worker.conversation === command.conversationId) return refuse('OBSERVATION_IGNORED', worker);
      return accepted({
        type: 'worker.conversation_identified',
        data: { state, conversation_id: command.conversationId, source: command.source },
      });
    case 'resume':
      return resume(worker, state, command, now);
    case 'fail_resume':
      return failResume(worker, command);
    case 'park':
      return park(worker, command);
    case 'end_park':
      return step(worker, { type: 'park_ended' }, (to) => ({
        type: 'worker.park_ended',
        data: { state: to, reason: command.reason },
      }));
    case 'request_handover':
    case 'record_handover':
    case 'fail_handover':
    case 'take_over':
      return decideHandover(worker, state, command);
    case 'requeue':
      return requeue(worker, command);
    case 'move_in_queue':
    case 'dequeue':
      return rejected('SESSION_NOT_QUEUED', 'The session has started; it does not wait in the queue.', {
        state,
      });
  }
}

function request({ kind: _, ...data }: Extract<WorkerCommand, { kind: 'request' }>, now: Date): Decision {
  const seconds = data.max_runtime_seconds;
  const deadline_at = seconds === null ? null : new Date(now.getTime() + seconds * 1000).toISOString();
  return accepted({ type: 'worker.spawn_requested', data: { state: 'STARTING', ...data, deadline_at } });
}

function recordPrompt(
  worker: Worker,
  { mode, delivery, chars, reason }: Extract<WorkerCommand, { kind: 'record_prompt' }>,
): Decision {
  return step(worker, { type: 'prompt_delivered' }, (state) => ({
    type: 'worker.prompt_delivered',
    data: { state, mode, delivery, chars, ...(reason ? { reason } : {}) },
  }));
}

function send(
  worker: Worker,
  { text, chars, continuation }: Extract<WorkerCommand, { kind: 'send' }>,
): Decision {
  const rejection = rejectionIfOver(worker) ?? rejectionIfHandedOver(worker);
  if (rejection) return rejection;
  // It goes on with the turn that a limit has stopped.
  if (continuation && worker.state !== 'PARKED') return refuse('OBSERVATION_IGNORED', worker, 'continuation');
  const outOfTurns = continuation ? null : rejectionIfOutOfTurns(worker);
  if (outOfTurns) return outOfTurns;
  return step(worker, { type: 'message_sent' }, (state) => ({
    type: 'worker.message_sent',
    data: {
      state,
      text,
      chars,
      turn: worker.turns + (continuation ? 0 : 1),
      ...(continuation ? { continuation } : {}),
    },
  }));
}

/** Only what changes the state is an event; an observation that the machine refuses stays out of the log. */
function observe(worker: Worker, seen: Observation): Decision {
  const rejection = rejectionIfOver(worker);
  if (rejection || !worker.state) return rejection ?? refuse('SESSION_ENDED', worker);
  const from = worker.state;
  const state = next(from, { type: `saw.${seen.event}` });
  if (!state) return refuse('OBSERVATION_IGNORED', worker, `saw ${seen.event}`);
  return accepted({
    type: 'worker.transitioned',
    data: {
      from,
      state,
      observe_event: seen.event,
      source: seen.source,
      rule: seen.rule,
      evidence: seen.evidence,
      confidence: seen.confidence,
      question: seen.question ?? null,
      readiness: seen.readiness ?? null,
      warnings: seen.warnings ?? [],
    },
  });
}

function exit(worker: Worker, command: Extract<WorkerCommand, { kind: 'record_exit' }>): Decision {
  const { code, signal, result } = command;
  if (worker.ending) return refuse('SESSION_ENDING', worker);
  const outcome = exitOutcome({ code, signal, ...(isCrash(command) ? { resumable: true } : {}) });
  return end(worker, { type: 'exited', outcome }, (state) => ({
    type: 'worker.exited',
    data: { state, code, signal, result, ...(state === 'LOST' ? { resumable: true } : {}) },
  }));
}

function exceedDeadline(worker: Worker, { measured = false }: { measured?: boolean }, now: Date): Decision {
  const { deadlineAt, maxRuntimeSeconds } = worker;
  if (!worker.alive) return refuse('SESSION_ENDED', worker);
  const isEarly = deadlineAt !== null && !measured && now.toISOString() < deadlineAt;
  if (deadlineAt === null || maxRuntimeSeconds === null || isEarly) {
    return rejected('DEADLINE_NOT_PASSED', 'The deadline has not passed.', { deadline_at: deadlineAt });
  }
  return end(worker, { type: 'deadline_exceeded' }, (state) => ({
    type: 'worker.deadline_exceeded',
    data: { state, deadline_at: deadlineAt, max_runtime_seconds: maxRuntimeSeconds },
  }));
}

/** Only of a worker that has ended, and whose work no other process is taking over. */
function removeFiles(
  worker: Worker,
  state: WorkerState,
  { kind: _, ...data }: Extract<WorkerCommand, { kind: 'remove_files' }>,
): Decision {
  if (worker.alive) return refuse('SESSION_ALIVE', worker);
  if (worker.handover !== null && !worker.handover.done) return refuse('SESSION_HANDED_OVER', worker);
  return accepted({ type: 'worker.files_removed', data: { state, ...data } });
}

function terminate(from: WorkerState, ended: { pid: number; command: string; signal: string }[]): Decision {
  const state = next(from, { type: 'terminated' }) ?? from;
  return accepted({ type: 'worker.terminated', data: { state, ended } });
}
