import { isAbsolute } from 'node:path';
import type { SteeringAsk } from '../../../events/catalogue/steering.ts';
import { AgentPoolError } from '../../../lib/errors.ts';
import { shell } from '../../../lib/text/shell.ts';
import type { SpawnReport } from '../../../workers/commands/spawning/spawn-report.ts';
import { spawnElsewhere } from '../../../workers/commands/steering/elsewhere.ts';
import type { Elsewhere } from '../../../workers/commands/steering/schema.ts';
import type { AppContext } from '../../../workers/core/context.ts';
import type { Call } from '../../output/call.ts';
import { patienceOf } from '../elsewhere.ts';
import type { QueueWords } from './queueing.ts';
import { type SpawnWords, taskIn } from './spawn-request.ts';

interface Options extends SpawnWords, QueueWords {
  machine: string;
  wait: string | true | undefined;
  timeout: number | undefined;
}

/** `agentpool spawn --machine NAME`: another machine of the fleet starts the worker. */
export async function spawnThere(
  call: Call<SpawnReport & Elsewhere>,
  options: Options,
  app: AppContext,
): Promise<undefined> {
  assertPossible(options);
  const task = await taskIn(options, 'spawn', call.context.stdin);
  const { machine, timeout } = options;
  const report = await spawnElsewhere<SpawnReport>(app, machine, askOf(options, task), patienceOf(timeout));
  call.print(report, inWords);
}

/** What the other machine cannot do for this one. @throws INVALID_REQUEST */
function assertPossible(options: Options): void {
  const { machine, provider, repo } = options;
  const example = shell`agentpool spawn --machine ${machine} --provider ${provider} --repo /home/me/project --task "Look for the parser"`;
  const given = {
    '--wait': options.wait !== undefined,
    '--queue': options.queue,
    '--not-before': options.notBefore !== undefined,
    '--deadline': options.deadline !== undefined,
    '--setup': options.setup.length > 0,
  };
  const [option] = Object.entries(given).find(([, isGiven]) => isGiven) ?? [];
  if (option !== undefined)
    throw new AgentPoolError(
      'INVALID_REQUEST',
      `${option} does not go with --machine. Nothing was started.`,
      {
        option,
        example,
      },
    );
  if (!isAbsolute(repo))
    throw new AgentPoolError(
      'INVALID_REQUEST',
      `--repo ${JSON.stringify(repo)}: with --machine it is the absolute path of the folder on ${machine}. Nothing was started.`,
      { repo, example },
    );
}

/** The words of the caller; the other machine reads them by its own config. */
const askOf = (words: SpawnWords, task: string): Extract<SteeringAsk, { kind: 'spawn' }> => ({
  kind: 'spawn',
  provider: words.provider,
  task,
  repo: words.repo,
  role: words.role,
  isolation: words.isolation ?? null,
  runtime: words.runtime,
  model: words.model ?? null,
  account: words.account ?? null,
  allowed_files: words.allowedFile,
  max_runtime_seconds: words.maxRuntimeSeconds ?? null,
  max_turns: words.maxTurns ?? null,
  supervision: words.supervision,
  prompt_mode: words.initialPromptMode,
  reasoning_effort: words.reasoningEffort ?? null,
  service_tier: words.serviceTier ?? null,
  on_limit: words.onLimit ?? null,
  wait_at_most: words.waitAtMost ?? null,
  skip_setup: words.skipSetup,
  metadata: {},
});

const inWords = ({ session_id, session, machine, warnings }: SpawnReport & Elsewhere): string =>
  [
    `${session_id} runs on ${machine}: ${session.provider_id} in ${session.worktree_path ?? session.repo_path} (${session.isolation})`,
    `  write to it   ${shell`agentpool send ${session_id} "migrations first"`}`,
    `  end it        ${shell`agentpool terminate ${session_id}`}`,
    ...warnings.map((warning) => `  ! ${warning}`),
  ].join('\n');
