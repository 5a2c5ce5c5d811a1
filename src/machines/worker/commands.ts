import type { EventData } from '../../events/catalogue/index.ts';
import type { Delivery, ObserveEvent, PromptMode } from '../../events/catalogue/words.ts';

/** Every command of a worker's stream. Texts are redacted before. */
export type WorkerCommand =
  | ({ kind: 'request' } & Omit<EventData<'worker.spawn_requested'>, 'state' | 'deadline_at'>)
  | ({ kind: 'record_started' } & Omit<EventData<'worker.started'>, 'state'>)
  | { kind: 'fail_spawn'; code: string; reason: string }
  | { kind: 'record_prompt'; mode: PromptMode; delivery: Delivery; chars: number; reason?: string | null }
  | { kind: 'send'; text: string; chars: number; continuation?: true }
  | { kind: 'draft'; text: string; chars: number }
  | { kind: 'record_delivery'; sentEventId: string; delivery: Delivery; reason: string | null }
  | { kind: 'send_keys'; keys: string[] }
  | { kind: 'interrupt'; keys: string[] }
  | ({ kind: 'observe' } & Observation)
  | { kind: 'warn_limit'; rule: string; evidence: string[]; resetsAtText: string | null }
  | { kind: 'warn_retry'; rule: string; evidence: string[] }
  | { kind: 'recover' }
  | { kind: 'omit_observations'; observations: 'state' | 'limit' | 'retry' }
  | { kind: 'fail_watch'; error: string }
  | { kind: 'restore_watch' }
  | { kind: 'record_exit'; code: number | null; signal: string | null; result: 'present' | 'missing' }
  /** `measured`: the caller has measured that the time is up. The time of day may have been set back since the spawn. */
  | { kind: 'exceed_deadline'; measured?: boolean }
  | { kind: 'lose'; reason: string }
  | ({ kind: 'record_collection' } & Omit<EventData<'worker.collected'>, 'state'>)
  | ({ kind: 'request_termination' } & Omit<EventData<'worker.termination_requested'>, 'state'>)
  | ({ kind: 'record_termination' } & Omit<EventData<'worker.terminated'>, 'state'>)
  | ({ kind: 'record_worktree' } & EventData<'worktree.created'>)
  | ({ kind: 'remove_worktree'; branchKept: boolean } & Omit<EventData<'worktree.removed'>, 'branch_kept'>)
  | ({ kind: 'record_patch_applied' } & Omit<EventData<'worker.patch_applied'>, 'state'>)
  | ({ kind: 'remove_files' } & Omit<EventData<'worker.files_removed'>, 'state'>)
  | ({ kind: 'queue' } & Omit<EventData<'worker.queued'>, 'state'>)
  | { kind: 'move_in_queue'; rank: number }
  | { kind: 'requeue'; reason: string }
  | ({ kind: 'dequeue' } & Omit<EventData<'worker.dequeued'>, 'state'>)
  | { kind: 'identify_conversation'; conversationId: string; source: string }
  | Resume
  | { kind: 'fail_resume'; code: string; reason: string }
  | ({ kind: 'park' } & Omit<EventData<'worker.parked'>, 'state' | 'attempt'>)
  | { kind: 'end_park'; reason: EventData<'worker.park_ended'>['reason'] }
  | ({ kind: 'request_handover' } & HandoverIntent)
  | { kind: 'record_handover'; successor: string }
  | {
      kind: 'fail_handover';
      successor: string;
      code: string;
      reason: string;
      /** Who is to take over in its place; left out if no other is. */
      instead?: HandoverIntent;
    }
  | { kind: 'take_over'; predecessor: string; brief_sha256: string };

/** Who is to take over the work of a worker, and why. */
export type HandoverIntent = Omit<EventData<'worker.handover_requested'>, 'state'>;

/** A new process for a worker whose process is gone. */
export type Resume = { kind: 'resume' } & Omit<
  EventData<'worker.resume_requested'>,
  'state' | 'from' | 'run' | 'deadline_at'
> & {
    /** The session that took over its work and may still change its files; null if there is none. */
    liveSuccessor: string | null;
  };

/** What was observed of a worker, and where. */
export interface Observation {
  event: ObserveEvent;
  /** screen, title, signal, motion, exit, or caller. */
  source: string;
  rule: string;
  evidence: string[];
  confidence: string;
  question?: string | null;
  readiness?: string | null;
  warnings?: string[];
}
