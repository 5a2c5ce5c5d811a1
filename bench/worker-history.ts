import { plainRequest } from '../src/machines/testing/request.ts';
import type { WorkerCommand } from '../src/machines/worker/commands.ts';
import type { Worker } from '../src/machines/worker/state.ts';
import type { Random } from './random.ts';

/** A command and its actor. Each gives exactly one event. */
export interface Step {
  actor: 'cli' | 'watcher';
  command: WorkerCommand;
}

/** The commands of one history in order. The generator receives the worker's state after each. */
export type History = Generator<Step, void, Worker>;

/** A request and its failure, the shortest history. */
export const MIN_EVENTS = 2;

/** Requested, started, given its task; completed, collected, ended: the events of every whole history. */
const FIXED_EVENTS = 8;
/** A question, the answer, its delivery. */
const EVENTS_PER_TURN = 3;

/** A worker's whole history of exactly `events` events, with a question and its answer for every three that remain. */
export function* history(random: Random, id: string, events: number): History {
  yield { actor: 'cli', command: request(random, id) };
  if (events < FIXED_EVENTS) {
    yield {
      actor: 'cli',
      command: { kind: 'fail_spawn', code: 'SPAWN_FAILED', reason: 'tmux: no space left' },
    };
    for (let at = MIN_EVENTS; at < events; at++) yield { actor: 'cli', command: collection(random) };
    return;
  }
  yield { actor: 'cli', command: started(random, id) };
  yield {
    actor: 'watcher',
    command: { kind: 'record_prompt', mode: 'send_after_launch', delivery: 'delivered', chars: 1840 },
  };
  for (let turn = 0; turn < Math.floor((events - FIXED_EVENTS) / EVENTS_PER_TURN); turn++)
    yield* answeredQuestion(random);
  for (let rest = 0; rest < (events - FIXED_EVENTS) % EVENTS_PER_TURN; rest++) {
    yield { actor: 'watcher', command: limitWarning };
  }
  yield { actor: 'watcher', command: seen('completed', 'AGENTPOOL_RESULT_END') };
  yield { actor: 'cli', command: collection(random) };
  yield { actor: 'cli', command: { kind: 'request_termination', requester: identity(random) } };
  yield { actor: 'cli', command: termination(random) };
  yield { actor: 'cli', command: collection(random) };
}

function* answeredQuestion(random: Random): History {
  yield { actor: 'watcher', command: seen('question', random.pick(QUESTIONS)) };
  const text = random.pick(ANSWERS);
  const { sending } = yield { actor: 'cli', command: { kind: 'send', text, chars: text.length } };
  if (sending === null) throw new Error('a message was sent, but none is pending');
  yield {
    actor: 'watcher',
    command: { kind: 'record_delivery', sentEventId: sending, delivery: 'delivered', reason: null },
  };
}

const PROVIDERS = ['codex-cli', 'claude-code', 'cursor-cli', 'copilot-cli', 'droid-cli', 'opencode'];
const COORDINATORS = ['cli', 'cli', 'cli', 'mcp-editor', 'mcp-desktop'];
const ROLES = ['explorer', 'reviewer', 'implementer', 'tester'];
const REPOSITORIES = ['shop', 'billing', 'docs', 'mobile'].map((name) => `/home/dev/${name}`);
const TASKS = [
  'Read the checkout code and find the rounding error; name the file and the line.',
  'Write a test that shows the double delivery of webhooks, then fix it without changing the public interface.',
  'Go through the last ten migrations and list those that lock a table for longer than a second.',
];
const QUESTIONS = [
  'Should prices be rounded per line or per order?',
  'Which should come first, the migrations or the endpoints? The endpoints cannot be tested without the tables.',
];
const ANSWERS = [
  'Per line.',
  'The migrations first. Keep the old column until the next release, then drop it.',
];

const identity = (random: Random) => ({
  pid: random.between(1000, 60_000),
  started: String(random.between(1e6, 9e6)),
});

function request(random: Random, id: string): WorkerCommand {
  const repo = random.pick(REPOSITORIES);
  const capacity = { status: 'available', remaining_percent: random.between(0, 100), source: 'official' };
  return {
    ...plainRequest(id),
    provider_id: random.pick(PROVIDERS),
    harness: 'cli',
    model: random.pick([null, 'gpt-5.4', 'sonnet']),
    role: random.pick(ROLES),
    task: random.pick(TASKS),
    repo_path: repo,
    coordinator_id: random.pick(COORDINATORS),
    spawner: identity(random),
    capacity: { 'codex-cli': capacity, 'claude-code': capacity },
  };
}

const started = (random: Random, id: string): WorkerCommand => ({
  kind: 'record_started',
  tmux: { session_name: `agentpool-${id}`, window: '0', pane: `%${random.between(0, 500)}` },
  process: identity(random),
  server: identity(random),
  command: ['codex', '--sandbox', 'read-only', '--ask-for-approval', 'on-request'],
  adopted: false,
});

const seen = (event: 'question' | 'completed', evidence: string): WorkerCommand => ({
  kind: 'observe',
  event,
  source: 'screen',
  rule: event === 'completed' ? 'result_block' : 'general.question_line',
  evidence: [evidence],
  confidence: event === 'completed' ? 'official' : 'observed',
  question: event === 'question' ? evidence : null,
});

const limitWarning: WorkerCommand = {
  kind: 'warn_limit',
  rule: 'codex.limit_warning',
  evidence: ['Heads up, you have less than 10% of your weekly limit left.'],
  resetsAtText: 'Mon 09:00',
};

const collection = (random: Random): WorkerCommand => ({
  kind: 'record_collection',
  changed_files: ['src/checkout/total.ts', 'src/checkout/total.test.ts'],
  artifacts: ['transcript', 'diff', 'summary'].map((kind) => ({
    kind,
    sha256: (random.uuid() + random.uuid()).replaceAll('-', ''),
    bytes: random.between(100, 90_000),
  })),
  result: 'present',
  violation: null,
});

const termination = (random: Random): WorkerCommand => ({
  kind: 'record_termination',
  ended: [{ pid: identity(random).pid, command: 'codex --sandbox read-only', signal: 'SIGTERM' }],
});
