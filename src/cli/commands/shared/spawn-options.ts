import { text } from 'node:stream/consumers';
import { isolations, promptModes } from '../../../events/catalogue/words.ts';
import { AgentPoolError } from '../../../lib/errors.ts';
import { readTextFile, UnreadableFile } from '../../../lib/files/user-files.ts';
import { shell } from '../../../lib/text/shell.ts';
import type { SpawnOptions } from '../../../workers/commands/spawn.ts';
import type { AppContext } from '../../../workers/core/context.ts';
import { LedgerCommand } from '../../grammar/command.ts';
import { Option, oneOf, wholeNumber } from '../../grammar/option.ts';

/** A longer task belongs into a file of the repository, which the worker then reads. */
const TASK_LIMIT = 1024 * 1024;

/** What the commands that spawn a worker have in common: who is to do what, where, and within which bounds. */
export abstract class SpawnCommand<Report> extends LedgerCommand<Report> {
  provider = Option.String('--provider', {
    required: true,
    description: 'who works: agentpool providers lists them',
  });
  task = Option.String('--task', { description: 'what is to be done' });
  taskFile = Option.String('--task-file', {
    description: 'read the task from this file; - is standard input',
  });
  taskStdin = Option.Boolean('--task-stdin,--stdin', false, {
    description: 'read the task from standard input',
  });
  repo = Option.String('--repo', '.', { description: 'the folder to work on' });
  role = Option.String('--role', 'explorer', { description: 'explorer, reviewer, implementer, ...' });
  runtime = Option.String('--runtime', 'tmux', { description: 'where the worker runs: tmux' });
  isolation = Option.String('--isolation', {
    description: isolations.join(', '),
    validator: oneOf(isolations),
  });
  model = Option.String('--model', { description: "the agent's own word for the model" });
  account = Option.String('--account', { description: 'which of your accounts, for your own records' });
  allowedFiles = Option.Array('--allowed-file', [], {
    description: 'a file that it may change, relative to --repo (again for more)',
  });
  maxRuntime = Option.String('--max-runtime-seconds', {
    description: 'end it after so long',
    validator: wholeNumber(1),
  });
  maxTurns = Option.String('--max-turns', {
    description: 'how many messages it may get',
    validator: wholeNumber(1),
  });
  supervision = Option.String('--supervision', 'interactive', {
    description: 'interactive or autonomous, for your records',
  });
  promptMode = Option.String('--initial-prompt-mode', 'provider_default', {
    description: promptModes.join(', '),
    validator: oneOf(promptModes),
  });
  reasoningEffort = Option.String('--reasoning-effort', { description: "the agent's own word for it" });
  serviceTier = Option.String('--service-tier', { description: "the agent's own word for it" });

  protected async request({ config }: AppContext): Promise<SpawnOptions> {
    return {
      provider: this.provider,
      task: await this.#task(),
      repo: this.repo,
      role: this.role,
      runtime: this.runtime,
      isolation: this.isolation ?? config.policy.default_isolation,
      model: this.model ?? null,
      account: this.account ?? null,
      allowedFiles: this.allowedFiles,
      maxRuntimeSeconds: this.maxRuntime ?? null,
      maxTurns: this.maxTurns ?? null,
      supervision: this.supervision,
      promptMode: this.promptMode,
      reasoningEffort: this.reasoningEffort ?? null,
      serviceTier: this.serviceTier ?? null,
    };
  }

  async #task(): Promise<string> {
    const given = [
      this.task === undefined ? null : '--task',
      this.taskFile === undefined ? null : '--task-file',
      this.taskStdin ? '--task-stdin' : null,
    ].filter((flag) => flag !== null);
    const [verb = 'spawn'] = this.path;
    const example = shell`agentpool ${verb} --provider ${this.provider} --task "Look for the parser"`;
    if (given.length > 1) throw noTask(`${given.join(' and ')} exclude each other.`, example);
    if (this.task !== undefined) return this.task;
    if (this.taskStdin || this.taskFile === '-') return text(this.context.stdin);
    if (this.taskFile !== undefined) return taskIn(this.taskFile, example);
    throw noTask(`A ${verb} needs a task.`, example);
  }
}

function taskIn(file: string, example: string): string {
  try {
    const task = readTextFile(file, TASK_LIMIT);
    if (task !== null) return task;
  } catch (error) {
    if (!(error instanceof UnreadableFile)) throw error;
    throw noTask(`The task file ${file} ${error.message}.`, example);
  }
  throw noTask(`There is no task file ${file}.`, example);
}

const noTask = (message: string, example: string) =>
  new AgentPoolError('INVALID_REQUEST', message, { example });
