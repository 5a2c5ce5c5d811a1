import { statSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { isolationFor } from '../../../config/policy.ts';
import type { Isolation, PromptMode } from '../../../events/catalogue/words.ts';
import { AgentPoolError } from '../../../lib/errors.ts';
import { readTextFile, UnreadableFile } from '../../../lib/files/user-files.ts';
import { shell } from '../../../lib/text/shell.ts';
import { onLimitOf } from '../../../workers/commands/spawning/on-limit.ts';
import type { SpawnOptions } from '../../../workers/commands/spawning/spawn.ts';
import type { AppContext } from '../../../workers/core/context.ts';
import { TEXT_LIMIT, tooLarge } from '../../../workers/core/words/given-text.ts';
import { textOfStdin } from '../terminal/stdin-text.ts';

/** The options of a command that spawns a worker: provider, task, repository and limits. */
export interface SpawnWords {
  provider: string;
  task: string | undefined;
  taskFile: string | undefined;
  taskStdin: boolean;
  repo: string;
  role: string;
  runtime: string;
  isolation: Isolation | undefined;
  model: string | undefined;
  account: string | undefined;
  allowedFile: string[];
  maxRuntimeSeconds: number | undefined;
  maxTurns: number | undefined;
  supervision: string;
  initialPromptMode: PromptMode;
  reasoningEffort: string | undefined;
  serviceTier: string | undefined;
  setup: string[];
  skipSetup: boolean;
  onLimit: string | undefined;
  waitAtMost: string | undefined;
}

/** The request for `spawnWorker`. Throws INVALID_REQUEST if there is no task, or more than one. */
export async function spawnRequest(
  words: SpawnWords,
  verb: 'spawn' | 'run',
  { config }: AppContext,
  stdin: Readable,
): Promise<SpawnOptions> {
  const { onLimit: limitWords = null, waitAtMost = null } = words;
  const onLimit = onLimitOf(config, words.provider, { onLimit: limitWords, waitAtMost });
  return {
    provider: words.provider,
    task: await taskIn(words, verb, stdin),
    repo: words.repo,
    role: words.role,
    runtime: words.runtime,
    isolation: isolationFor(config.policy, words.role, words.isolation),
    model: words.model ?? null,
    account: words.account ?? null,
    allowedFiles: words.allowedFile,
    maxRuntimeSeconds: words.maxRuntimeSeconds ?? null,
    maxTurns: words.maxTurns ?? null,
    supervision: words.supervision,
    promptMode: words.initialPromptMode,
    reasoningEffort: words.reasoningEffort ?? null,
    serviceTier: words.serviceTier ?? null,
    setup: words.skipSetup ? [] : words.setup.length > 0 ? words.setup : null,
    ...(onLimit && { onLimit }),
  };
}

/** The task of a command that needs one. @throws INVALID_REQUEST */
export async function taskIn(words: SpawnWords, verb: string, stdin: Readable): Promise<string> {
  const example = shell`agentpool ${verb} --provider ${words.provider} --task "Look for the parser"`;
  const task = await taskGiven(words, example, stdin);
  if (task === null) throw noTask(`A ${verb} needs a task.`, example);
  return task;
}

/** The task that a caller gives in one of three ways; null for none. Throws INVALID_REQUEST for more than one. */
export async function taskGiven(
  { task, taskFile, taskStdin }: Pick<SpawnWords, 'task' | 'taskFile' | 'taskStdin'>,
  example: string,
  stdin: Readable,
): Promise<string | null> {
  const given = [
    task === undefined ? null : '--task',
    taskFile === undefined ? null : '--task-file',
    taskStdin ? '--task-stdin' : null,
  ].filter((flag) => flag !== null);
  if (given.length > 1) throw noTask(`${given.join(' and ')} exclude each other.`, example);
  if (task !== undefined) return task;
  if (taskStdin || taskFile === '-') return textOfStdin(stdin, 'The task', example);
  return taskFile === undefined ? null : taskOfFile(taskFile, example);
}

function taskOfFile(file: string, example: string): string {
  try {
    const size = statSync(file, { throwIfNoEntry: false });
    if (size?.isFile() && size.size > TEXT_LIMIT) throw tooLarge(`The task file ${file}`, size.size, example);
    const task = readTextFile(file, TEXT_LIMIT);
    if (task !== null) return task;
  } catch (error) {
    if (!(error instanceof UnreadableFile)) throw error;
    throw noTask(`The task file ${file} ${error.message}.`, example);
  }
  throw noTask(`There is no task file ${file}.`, example);
}

const noTask = (message: string, example: string) =>
  new AgentPoolError('INVALID_REQUEST', message, { example });
