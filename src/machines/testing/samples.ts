import { observeEvents } from '../../events/catalogue/words.ts';
import type { WorkerCommand } from '../worker/commands.ts';
import { plainRequest } from './request.ts';

const someProcess = { pid: 7, started: '7' };

type Of<Kind extends WorkerCommand['kind']> = Extract<WorkerCommand, { kind: Kind }>;

const request = plainRequest('ap_1');

/** Every command of a worker's stream, at least once. */
export const samples: { [Kind in WorkerCommand['kind']]: readonly [Of<Kind>, ...Of<Kind>[]] } = {
  request: [{ ...request, max_runtime_seconds: 60, max_turns: 3 }],
  record_started: [
    {
      kind: 'record_started',
      tmux: { session_name: 's', window: '@1', pane: '%1' },
      process: someProcess,
      server: someProcess,
      command: ['agent'],
      adopted: false,
    },
  ],
  fail_spawn: [{ kind: 'fail_spawn', code: 'TMUX_FAILED', reason: 'no server' }],
  record_prompt: [{ kind: 'record_prompt', mode: 'arg', delivery: 'delivered', chars: 10 }],
  send: [{ kind: 'send', text: 'Go on.', chars: 6 }],
  record_delivery: [
    // The n-th event of `run` and `recorded` has the id e<n>.
    { kind: 'record_delivery', sentEventId: 'e4', delivery: 'delivered', reason: null },
    { kind: 'record_delivery', sentEventId: 'e5', delivery: 'unproven', reason: 'no echo' },
  ],
  draft: [{ kind: 'draft', text: 'Go on', chars: 5 }],
  send_keys: [{ kind: 'send_keys', keys: ['Enter'] }],
  interrupt: [{ kind: 'interrupt', keys: ['Escape'] }],
  observe: observeEvents.map((event) => ({
    kind: 'observe',
    event,
    source: 'screen',
    rule: 'rule',
    evidence: ['line'],
    confidence: 'observed',
  })) as unknown as [Of<'observe'>, ...Of<'observe'>[]],
  warn_limit: [{ kind: 'warn_limit', rule: 'rule', evidence: ['90% used'], resetsAtText: '5 pm' }],
  warn_retry: [{ kind: 'warn_retry', rule: 'rule', evidence: ['retrying in 2s, attempt 3/10'] }],
  recover: [{ kind: 'recover' }],
  omit_observations: [{ kind: 'omit_observations', observations: 'limit' }],
  fail_watch: [{ kind: 'fail_watch', error: 'the screen cannot be read' }],
  restore_watch: [{ kind: 'restore_watch' }],
  record_exit: [
    { kind: 'record_exit', code: 0, signal: null, result: 'present' },
    { kind: 'record_exit', code: 3, signal: null, result: 'missing' },
    { kind: 'record_exit', code: null, signal: 'SIGKILL', result: 'missing' },
  ],
  exceed_deadline: [{ kind: 'exceed_deadline' }],
  lose: [{ kind: 'lose', reason: 'the server was gone' }],
  record_collection: [
    { kind: 'record_collection', changed_files: ['a'], artifacts: [], result: 'missing', violation: null },
  ],
  request_termination: [{ kind: 'request_termination', requester: someProcess }],
  record_termination: [
    { kind: 'record_termination', ended: [{ pid: 8, command: 'agent', signal: 'SIGTERM' }] },
  ],
  record_worktree: [{ kind: 'record_worktree', path: '/w', branch: 'b', base: 'abc' }],
  queue: [
    {
      kind: 'queue',
      provider_id: request.provider_id,
      harness: request.harness,
      model: request.model,
      account: request.account,
      role: request.role,
      task: request.task,
      runtime: request.runtime,
      isolation: request.isolation,
      repo_path: request.repo_path,
      artifact_dir: request.artifact_dir,
      transcript_path: request.transcript_path,
      coordinator_id: request.coordinator_id,
      supervision: request.supervision,
      max_turns: request.max_turns,
      rank: 1,
      not_before: null,
      expires_at: null,
      why: 'limit',
      reason: 'the weekly limit is reached',
    },
  ],
  requeue: [{ kind: 'requeue', reason: 'the process that started it ended' }],
  move_in_queue: [{ kind: 'move_in_queue', rank: 2 }],
  dequeue: [{ kind: 'dequeue', because: 'caller', reason: 'its caller removed it' }],
  identify_conversation: [{ kind: 'identify_conversation', conversationId: 'c1', source: 'its log' }],
  resume: [
    {
      kind: 'resume',
      mode: 'conversation',
      conversation_id: 'c1',
      text: 'continue',
      initial_prompt_mode: 'arg',
      tmux_session: 'agentpool-ap_1',
      result_word: null,
      spawner: someProcess,
      liveSuccessor: null,
    },
  ],
  fail_resume: [{ kind: 'fail_resume', code: 'TMUX_FAILED', reason: 'no server' }],
  park: [
    {
      kind: 'park',
      because: 'limit',
      until: '2026-03-04T17:00:00.000Z',
      window: 'five_hour',
      known_from: 'screen',
      continues_itself: false,
      check_at: '2026-03-04T17:00:20.000Z',
      give_up_at: null,
      tried: [],
    },
  ],
  end_park: [{ kind: 'end_park', reason: 'waited_too_long' }],
  request_handover: [
    {
      kind: 'request_handover',
      successor: 'ap_2',
      to: { provider_id: 'codex-cli', model: null, account: null },
      keep: false,
      note: null,
      because: 'caller',
      tried: [],
      requester: someProcess,
    },
  ],
  record_handover: [{ kind: 'record_handover', successor: 'ap_2' }],
  fail_handover: [{ kind: 'fail_handover', successor: 'ap_2', code: 'TMUX_FAILED', reason: 'no server' }],
  take_over: [{ kind: 'take_over', predecessor: 'ap_1', brief_sha256: 'abc' }],
  remove_worktree: [
    { kind: 'remove_worktree', path: '/w', branch: 'b', branchKept: false, forced: false, head: 'abc' },
  ],
  record_patch_applied: [{ kind: 'record_patch_applied', repo: '/r', sha256: 'abc' }],
  remove_files: [{ kind: 'remove_files', files: 'recording', bytes: 7, older_than_seconds: 86_400 }],
};

export const everyCommand: readonly WorkerCommand[] = Object.values(samples).flat();

/** An observation of this event. */
export const saw = (event: Of<'observe'>['event']): Of<'observe'> => ({ ...samples.observe[0], event });
