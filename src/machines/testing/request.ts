import type { WorkerCommand } from '../worker/commands.ts';

export type Request = Extract<WorkerCommand, { kind: 'request' }>;

/** A spawn request without special options. */
export const plainRequest = (id: string): Request => ({
  kind: 'request',
  provider_id: 'fake-question',
  harness: 'fake',
  model: null,
  account: null,
  role: 'explorer',
  task: 'Read the checkout code and say where the rounding error is.',
  runtime: 'tmux',
  isolation: 'read_only',
  repo_path: '/home/dev/shop',
  worktree: null,
  artifact_dir: `/home/dev/.agentpool/artifacts/${id}`,
  transcript_path: `/home/dev/.agentpool/artifacts/${id}/transcript.txt`,
  tmux_session: `agentpool-${id}`,
  coordinator_id: 'cli',
  supervision: 'interactive',
  initial_prompt_mode: 'send_after_launch',
  reasoning_effort: null,
  service_tier: null,
  allowed_files: [],
  max_runtime_seconds: null,
  max_turns: null,
  spawner: { pid: 4100, started: '771200' },
  capacity: {},
});
