import type { EventData, LedgerEvent } from '../../../events/catalogue/index.ts';
import type { WorkerState } from '../../../events/catalogue/words.ts';
import type { AwaitedLimit } from '../../../events/catalogue/worker-shapes.ts';

/** What the stream of a worker says of the processes that it has had. */
export interface PastRuns {
  request: EventData<'worker.spawn_requested'>;
  /** The run that began its present conversation, when that was requested, and the word in the markers of its result. */
  begun: { run: number; at: Date; word: string | null };
  /** Whether its last process was lost in the middle of a turn. */
  isCutOff: boolean;
  /** The limit that it waited for when it was last seen; null if it did not wait. */
  waits: AwaitedLimit | null;
  /** When a message was sent in the middle of the turn that it was lost in: its agent may not have read it. */
  unread: Date | null;
  /** The worktree that was made for it, even if it is gone. */
  worktree: EventData<'worktree.created'> | null;
}

/** States in the middle of a turn. An approval is asked for in a turn, a question may be its last word. */
const IN_A_TURN: ReadonlySet<WorkerState> = new Set(['RUNNING', 'UNKNOWN', 'AWAITING_APPROVAL', 'PARKED']);

/** Null for a worker that was never requested. Pure. */
export function pastRunsOf(events: Iterable<LedgerEvent>): PastRuns | null {
  let past: PastRuns | null = null;
  let before: WorkerState | null = null;
  for (const event of events) {
    past = evolve(past, event, before);
    if ('state' in event.data) before = event.data.state;
  }
  return past;
}

function evolve(earlier: PastRuns | null, event: LedgerEvent, before: WorkerState | null): PastRuns | null {
  const past = earlier && { ...earlier, waits: waitsAfter(earlier.waits, event, before) };
  const at = new Date(event.occurred_at);
  if (event.type === 'worker.spawn_requested') {
    const word = event.data.result_word ?? null;
    return {
      request: event.data,
      begun: { run: 1, at, word },
      isCutOff: false,
      waits: null,
      unread: null,
      worktree: null,
    };
  }
  if (!past) return null;
  switch (event.type) {
    case 'worktree.created':
      return { ...past, worktree: event.data };
    case 'worker.resume_requested': {
      const { mode, run, result_word: word } = event.data;
      return mode === 'brief' ? { ...past, begun: { run, at, word } } : past;
    }
    case 'worker.message_sent':
      return { ...past, unread: before === 'RUNNING' ? at : null };
    case 'worker.transitioned':
      return event.data.state === 'RUNNING' ? past : { ...past, unread: null };
    case 'worker.started':
      return { ...past, isCutOff: false, unread: null };
    case 'worker.lost':
    case 'worker.exited':
      return { ...past, isCutOff: event.data.state === 'LOST' && isInATurn(past, before) };
    default:
      return past;
  }
}

const isInATurn = ({ waits }: PastRuns, state: WorkerState | null): boolean =>
  waits !== null || (state !== null && IN_A_TURN.has(state));

/** One that was to wait in its new process, and was lost before it was parked there, waits still. */
function waitsAfter(
  waits: AwaitedLimit | null,
  event: LedgerEvent,
  before: WorkerState | null,
): AwaitedLimit | null {
  switch (event.type) {
    case 'worker.parked': {
      const { because, until, window, known_from, tried } = event.data;
      return { because, until, window, known_from, tried };
    }
    case 'worker.resume_requested':
      return event.data.waits_for ?? null;
    case 'worker.message_sent':
    case 'worker.prompt_delivered':
    case 'worker.park_ended':
      return null;
    case 'worker.transitioned':
      return before === 'PARKED' || event.data.state === 'COMPLETED' ? null : waits;
    default:
      return waits;
  }
}
