import { isAbsolute } from 'node:path';
import { isolationFor } from '../../../config/policy.ts';
import type { SteeringAsk } from '../../../events/catalogue/steering.ts';
import { AgentPoolError } from '../../../lib/errors.ts';
import type { AppContext } from '../../core/context.ts';
import { sessionNamed } from '../../core/sessions/named-session.ts';
import { answerDialog } from '../answering/answer.ts';
import { terminateWorker } from '../ending/terminate.ts';
import { sendMessage } from '../sending/send.ts';
import { onLimitOf } from '../spawning/on-limit.ts';
import { type SpawnOptions, spawnWorker } from '../spawning/spawn.ts';
import { spawnReport } from '../spawning/spawn-report.ts';

type SpawnAsk = Extract<SteeringAsk, { kind: 'spawn' }>;

/**
 * Does what another machine asks for, with every check that the same command makes here. `sessionId` is the worker; of
 * a spawn, the one that it will start. Returns what the command prints with --json.
 */
export async function carryOut(app: AppContext, ask: SteeringAsk, sessionId: string): Promise<object> {
  switch (ask.kind) {
    case 'send':
      return sendMessage(app, sessionNamed(app, sessionId), ask.text, { command: ask.command });
    case 'answer': {
      const { choice, expected, choices, text, submit } = ask;
      const request = { choice, expected, choices, text, submit };
      return answerDialog(app, sessionNamed(app, sessionId), request);
    }
    case 'terminate':
      return terminateWorker(app, sessionNamed(app, sessionId), { reason: ask.reason });
    case 'spawn':
      await spawnWorker(app, spawnOptions(app, ask), { id: sessionId });
      return spawnReport(app, sessionId);
  }
}

/** The request of a spawn as the policy and the config of this machine complete it. @throws INVALID_REQUEST */
function spawnOptions({ config }: AppContext, ask: SpawnAsk): SpawnOptions {
  if (!isAbsolute(ask.repo))
    throw new AgentPoolError(
      'INVALID_REQUEST',
      `${JSON.stringify(ask.repo)} is no absolute path. Name the folder as it is on the machine that is asked.`,
      { repo: ask.repo },
    );
  const words = { onLimit: ask.on_limit, waitAtMost: ask.wait_at_most };
  const onLimit = onLimitOf(config, ask.provider, words);
  return {
    provider: ask.provider,
    task: ask.task,
    repo: ask.repo,
    role: ask.role,
    runtime: ask.runtime,
    isolation: isolationFor(config.policy, ask.role, ask.isolation ?? undefined),
    model: ask.model,
    account: ask.account,
    allowedFiles: ask.allowed_files,
    maxRuntimeSeconds: ask.max_runtime_seconds,
    maxTurns: ask.max_turns,
    supervision: ask.supervision,
    promptMode: ask.prompt_mode,
    reasoningEffort: ask.reasoning_effort,
    serviceTier: ask.service_tier,
    // Commands come only from this machine's own config: to let a fleet start agents is not to let it run a shell.
    setup: ask.skip_setup ? [] : null,
    ...(onLimit && { onLimit }),
    metadata: ask.metadata,
  };
}
