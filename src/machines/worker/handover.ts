import type { DomainEvent } from '../../events/catalogue/index.ts';
import type { WorkerState } from '../../events/catalogue/words.ts';
import { accepted, type Decision, rejected } from '../../events/decider.ts';
import { shell } from '../../lib/text/shell.ts';
import type { WorkerCommand } from './commands.ts';
import { next, type WorkerSignal } from './machine.ts';
import type { Worker } from './state.ts';
import { refuse } from './steps.ts';

type HandoverCommand = Extract<
  WorkerCommand,
  { kind: 'request_handover' | 'record_handover' | 'fail_handover' | 'take_over' }
>;

/** Work is handed over once. After that, its successor can hand it over. */
export function decideHandover(worker: Worker, state: WorkerState, command: HandoverCommand): Decision {
  switch (command.kind) {
    case 'request_handover': {
      const { kind: _, ...data } = command;
      const rejection = rejectionIfHandedOver(worker);
      if (rejection) return rejection;
      if (worker.ending && worker.alive) return refuse('SESSION_ENDING', worker);
      if (worker.turns === 0) return noTask(command.successor, state);
      if (state === 'STARTING') return refuse('INVALID_TRANSITION', worker, 'it is just being started');
      return accepted({ type: 'worker.handover_requested', data: { state, ...data } });
    }
    case 'record_handover':
      if (worker.handover?.successor !== command.successor || worker.handover.done)
        return notRequested(worker, command.successor);
      return accepted({ type: 'worker.handed_over', data: { state, successor: command.successor } });
    case 'fail_handover': {
      const { successor, code, reason, instead } = command;
      if (worker.handover?.successor !== successor) return notRequested(worker, successor);
      const signal = handoverFailure(worker);
      const to = (signal && next(state, signal)) ?? state;
      const failed = {
        type: 'worker.handover_failed',
        data: { state: to, successor, code, reason },
      } as const;
      return instead
        ? accepted<DomainEvent>(failed, {
            type: 'worker.handover_requested',
            data: { state: to, ...instead },
          })
        : accepted(failed);
    }
    case 'take_over': {
      const { predecessor, brief_sha256 } = command;
      if (!worker.alive) return refuse('SESSION_ENDED', worker);
      return accepted({ type: 'worker.took_over', data: { state, predecessor, brief_sha256 } });
    }
  }
}

/** A worker that was ended only to be handed over is lost if no other takes over: no caller wanted its work to end. */
export const handoverFailure = ({ handover, alive, terminated }: Worker): WorkerSignal | null =>
  handover?.wasTerminated === false && !alive && terminated ? { type: 'handover_failed' } : null;

const noTask = (successor: string, state: WorkerState): Decision =>
  rejected('HANDOVER_NO_TASK', 'The worker has not got its task yet: there is no work to hand over.', {
    state,
    successor,
    example: 'agentpool session show @last',
  });

const notRequested = ({ state }: Worker, successor: string): Decision =>
  rejected('HANDOVER_NOT_PENDING', `No handover to ${successor} is pending.`, { state, successor });

/** The work of a worker that is handed over is done by its successor: two would change the same files. */
export const rejectionIfHandedOver = ({ handover, state }: Worker): Decision | null =>
  handover === null
    ? null
    : rejected(
        'SESSION_HANDED_OVER',
        handover.done
          ? `Its work was handed over to ${handover.successor}.`
          : `Its work is being handed over to ${handover.successor}.`,
        {
          state,
          successor: handover.successor,
          example: shell`agentpool session show ${handover.successor}`,
        },
      );
