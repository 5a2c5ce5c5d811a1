import { createHash } from 'node:crypto';
import { realpathSync } from 'node:fs';
import { basename, dirname, extname, resolve } from 'node:path';
import { readDocument } from '../../config/file/document.ts';
import { isRecord } from '../../config/file/mismatches.ts';
import { type Problem, problemLine, shown } from '../../config/file/problems.ts';
import { isolationFor } from '../../config/policy.ts';
import { AGENT_IDS, AGENTS, fullProviderId, PROVIDER_IDS } from '../../config/provider-ids.ts';
import { AgentPoolError } from '../../lib/errors.ts';
import { readTextFile, UnreadableFile } from '../../lib/files/user-files.ts';
import { suggest } from '../../lib/suggest.ts';
import { shell } from '../../lib/text/shell.ts';
import { checkRequest } from '../commands/spawning/checked.ts';
import type { SpawnOptions } from '../commands/spawning/spawn.ts';
import type { AppContext } from '../core/context.ts';
import { TEXT_LIMIT } from '../core/words/given-text.ts';
import { onLimitIn } from './on-limit.ts';
import { problemsOf, type Report, reportShape } from './problems.ts';
import type { TaskEntry, TaskOptions, TasksFile } from './schema.ts';

/** A task of the file, ready to be started. */
export interface BatchTask {
  name: string;
  request: SpawnOptions;
  /** Of everything that the worker is started with: another hash is another task of the same name. */
  sha256: string;
}

export interface Batch {
  /** The absolute path of the file, which identifies the batch. */
  file: string;
  tasks: BatchTask[];
  /** How many workers of a provider, by its id, may work at once. */
  parallel(provider: string): number;
}

/** More than a thousand tasks of some length; a larger file is a mistake. */
const FILE_LIMIT = 8 * 1024 * 1024;

/**
 * Reads a tasks file and checks everything that can be checked before a worker starts.
 * @throws FILE_NOT_FOUND; TASKS_INVALID, which lists every problem with its line.
 */
export async function readBatch(app: AppContext, path: string): Promise<Batch> {
  const text = textOf(path);
  const file = realpathSync.native(resolve(path));
  const document = readDocument(text);
  if (Array.isArray(document)) throw invalid(path, document);
  const { problems, report } = problemsOf(document);
  const value = document.value ?? {};
  if (!isRecord(value)) {
    report([], `it is ${shown(value)}, but a tasks file is keys with values`, 'Start with: tasks:');
    throw invalid(path, problems);
  }
  const { isUsable } = reportShape(value, report);
  const batch = isUsable ? await batchOf(app, file, value as TasksFile, report) : null;
  if (!batch || problems.length > 0) throw invalid(path, inOrder(problems));
  return batch;
}

function textOf(path: string): string {
  const example = shell`agentpool run --tasks ${path === '-' ? 'tasks.yaml' : path}`;
  if (path === '-') {
    const message =
      '--tasks takes a file, not standard input: by its path, the same tasks are recognised when they are run again.';
    throw new AgentPoolError('INVALID_REQUEST', message, { example });
  }
  try {
    const text = readTextFile(path, FILE_LIMIT);
    if (text !== null) return text;
  } catch (error) {
    if (!(error instanceof UnreadableFile)) throw error;
    throw new AgentPoolError('INVALID_REQUEST', `The tasks file ${path} ${error.message}.`, { example });
  }
  throw new AgentPoolError('INVALID_REQUEST', `There is no tasks file ${resolve(path)}.`, { example });
}

const inOrder = (problems: Problem[]): Problem[] =>
  [...problems].sort((a, b) => (a.line ?? 0) - (b.line ?? 0));

function invalid(path: string, problems: readonly Problem[]): AgentPoolError {
  const lines = problems.map((problem) => problemLine(path, problem));
  const count = lines.length === 1 ? 'a problem' : `${lines.length} problems`;
  return new AgentPoolError(
    'TASKS_INVALID',
    `${path} has ${count}, so no task was started.\n${lines.join('\n')}`,
    { path, problems, example: shell`agentpool run --tasks ${path}` },
  );
}

async function batchOf(app: AppContext, file: string, value: TasksFile, report: Report): Promise<Batch> {
  const limits = parallelOf(app, value.parallel, report);
  const tasks: BatchTask[] = [];
  if (value.tasks.length === 0) report(['tasks'], 'is empty', 'Add a task: - {name: fix-parser, task: ...}');
  const places = new Map<string, number>();
  for (const [index, entry] of value.tasks.entries()) {
    const name = nameOf(entry);
    const earlier = name === null ? undefined : places.get(name);
    if (name === null)
      report(['tasks', index], 'needs a name', 'Add name: with a short one, for example fix-parser');
    else if (earlier !== undefined)
      report(
        ['tasks', index, entry.name === undefined ? 'task_file' : 'name'],
        `is named ${name}, as tasks[${earlier}] is`,
        'Give each task a name of its own',
      );
    else places.set(name, index);
    const request = await requestOf(app, file, { index, entry, defaults: value.defaults ?? {} }, report);
    if (name !== null && request) tasks.push({ name, request, sha256: hashOf(request) });
  }
  return { file, tasks, parallel: limits };
}

/** Its name, or that of its own file without the ending. */
function nameOf({ name, task_file }: TaskEntry): string | null {
  if (name !== undefined) return name;
  if (task_file === undefined) return null;
  const derived = basename(task_file, extname(task_file)).replaceAll(/[^A-Za-z0-9._-]+/g, '-');
  return /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(derived) ? derived : null;
}

interface Given {
  index: number;
  entry: TaskEntry;
  defaults: TaskOptions;
}

/** The request for `spawnWorker`; null if a problem was reported. */
async function requestOf(
  app: AppContext,
  file: string,
  { index, entry, defaults }: Given,
  report: Report,
): Promise<SpawnOptions | null> {
  const at = ['tasks', index];
  const task = taskOf(file, { index, entry, defaults }, report);
  const given: TaskOptions = { ...defaults, ...entry };
  if (given.provider === undefined)
    report(at, 'needs a provider', 'Add provider: here, or once below defaults; see agentpool providers');
  if (task === null || given.provider === undefined) return null;
  const role = given.role ?? 'explorer';
  const onLimit = onLimitIn(app, given.provider, given);
  if (onLimit instanceof AgentPoolError) {
    const [first, rest] = sentences(onLimit.message.replaceAll(/--[a-z-]+/g, keyOfOption));
    const key = given.on_limit === undefined ? 'wait_at_most' : 'on_limit';
    report(key in entry ? [...at, key] : ['defaults', key], first, rest || ON_LIMIT_FIX);
    return null;
  }
  const request: SpawnOptions = {
    provider: given.provider,
    task,
    repo: resolve(dirname(file), given.repo ?? '.'),
    role,
    runtime: 'tmux',
    isolation: isolationFor(app.config.policy, role, given.isolation),
    model: given.model ?? null,
    account: given.account ?? null,
    allowedFiles: given.allowed_files ?? [],
    maxRuntimeSeconds: given.max_runtime_seconds ?? null,
    maxTurns: given.max_turns ?? null,
    supervision: given.supervision ?? 'interactive',
    promptMode: given.initial_prompt_mode ?? 'provider_default',
    reasoningEffort: given.reasoning_effort ?? null,
    serviceTier: given.service_tier ?? null,
    setup: given.setup ?? null,
    ...(onLimit && { onLimit }),
  };
  try {
    const { provider, account } = await checkRequest(app, request);
    return { ...request, provider, account };
  } catch (error) {
    if (!(error instanceof AgentPoolError)) throw error;
    const at = keyAt(error, index, entry);
    const [first, rest] = sentences(error.message);
    report(
      at,
      first,
      FIXES[String(at[2])] ?? (rest || `Try: ${error.details.example ?? 'agentpool doctor'}`),
    );
    return null;
  }
}

const ON_LIMIT_FIX = 'Write stop, wait, or PROVIDER[:MODEL][@ACCOUNT],...';

/** The key of a file in place of the option of `spawn`: `on_limit` for `--on-limit`. */
const keyOfOption = (option: string): string => option.slice(2).replaceAll('-', '_');

/** What to do about a value, where the error of a spawn would name an option. */
const FIXES: Record<string, string> = {
  task: 'Say what the worker is to do',
  repo: 'It is relative to this file',
};

/** The text of the task; null if a problem was reported. The task of an entry replaces that of the defaults, in either form. */
function taskOf(file: string, { index, entry, defaults }: Given, report: Report): string | null {
  const isOwn = entry.task !== undefined || entry.task_file !== undefined;
  const [from, at] = isOwn ? [entry, ['tasks', index]] : [defaults, ['defaults']];
  if (from.task !== undefined && from.task_file !== undefined) {
    report([...at, 'task_file'], 'is given beside task', 'Keep one of the two', 'key');
    return null;
  }
  if (from.task !== undefined) return from.task;
  if (from.task_file === undefined) {
    report(
      ['tasks', index],
      'has no task',
      'Add task: with what to do, or task_file: with a file that says it',
    );
    return null;
  }
  const path = resolve(dirname(file), from.task_file);
  try {
    const text = readTextFile(path, TEXT_LIMIT);
    if (text !== null) return text;
    report([...at, 'task_file'], `names ${path}, which does not exist`, 'It is relative to this file');
  } catch (error) {
    if (!(error instanceof UnreadableFile)) throw error;
    report([...at, 'task_file'], `names ${path}, which ${error.message}`, 'Name a text file');
  }
  return null;
}

/** The key that an error is about, if the task or the defaults have it. */
function keyAt({ code, details }: AgentPoolError, index: number, entry: TaskEntry): Array<string | number> {
  const key =
    code.startsWith('PROVIDER') ||
    String(details.policy).endsWith('providers') ||
    details.policy === 'require_explicit_provider'
      ? 'provider'
      : code === 'ACCOUNT_NOT_FOUND'
        ? 'account'
        : 'repo' in details
          ? 'repo'
          : 'isolation' in details || String(details.policy).includes('edits')
            ? 'isolation'
            : 'task' in details
              ? 'task'
              : null;
  return key !== null && key in entry ? ['tasks', index, key] : ['tasks', index];
}

/** The first sentence without its full stop, and the others. */
function sentences(message: string): [string, string] {
  const end = /[.?](?=\s+[A-Z])/.exec(message)?.index;
  if (end === undefined) return [`is refused: ${message.replace(/\.$/, '')}`, ''];
  return [`is refused: ${message.slice(0, end)}`, message.slice(end + 1).trim()];
}

function parallelOf(app: AppContext, parallel: TasksFile['parallel'], report: Report): Batch['parallel'] {
  if (parallel === undefined) return () => 1;
  if (typeof parallel === 'number') return () => parallel;
  const { custom_providers } = app.config;
  const known = [...PROVIDER_IDS, ...custom_providers.map(({ id }) => id)];
  const limits = new Map<string, number>();
  for (const [name, limit] of Object.entries(parallel)) {
    const id = fullProviderId(name, custom_providers);
    if (known.includes(id)) limits.set(id, limit);
    else {
      const near = suggest(name, [...known, ...AGENT_IDS.map((agent) => AGENTS[agent].short)]);
      const fix = near ? `Did you mean ${near}?` : `Known are ${known.join(', ')}`;
      report(['parallel', name], 'is no provider', fix, 'key');
    }
  }
  return (provider) => limits.get(provider) ?? 1;
}

const hashOf = (request: SpawnOptions): string =>
  createHash('sha256')
    .update(JSON.stringify(Object.entries(request).sort(([a], [b]) => (a < b ? -1 : 1))))
    .digest('hex');
