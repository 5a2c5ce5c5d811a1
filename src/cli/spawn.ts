import { text } from 'node:stream/consumers';
import { Command } from 'clipanion';
import { isolations, promptModes } from '../events/catalogue/words.ts';
import { AgentPoolError } from '../events/errors.ts';
import type { House } from '../workers/house.ts';
import { spawnWorker } from '../workers/spawn.ts';
import { spawnReport } from '../workers/spawn-report.ts';
import { HouseCommand } from './command.ts';
import { Option, oneOf, wholeNumber } from './option.ts';

export default class Spawn extends HouseCommand {
  static override paths = [['spawn']];
  static override usage = Command.Usage({
    category: 'Workers',
    description: 'hand a task to an agent of another subscription',
    details: `
      Starts the agent in a terminal of its own and gives it the task. Returns as soon as it runs; watch it with
      \`agentpool observe\`. You choose provider and model: AgentPool never does.
    `,
    examples: [
      ['Let a fake agent ask a question', '$0 spawn --provider fake-question --task "Look for the parser"'],
      [
        'Let a worker edit in a git worktree of its own',
        '$0 spawn --provider fake-patch --isolation worktree --role implementer --task "Mend the test"',
      ],
      ['Take the task from a file', '$0 spawn --provider fake-completed --task-stdin < task.md'],
    ],
  });

  provider = Option.String('--provider', {
    required: true,
    description: 'who works: agentpool providers lists them',
  });
  task = Option.String('--task', { description: 'what is to be done' });
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
    description: 'a file that it may change (again for more)',
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

  async run(house: House): Promise<undefined> {
    const id = await spawnWorker(house, {
      provider: this.provider,
      task: await this.#task(),
      repo: this.repo,
      role: this.role,
      runtime: this.runtime,
      isolation: this.isolation ?? house.config.policy.default_isolation,
      model: this.model ?? null,
      account: this.account ?? null,
      allowedFiles: this.allowedFiles,
      maxRuntimeSeconds: this.maxRuntime ?? null,
      maxTurns: this.maxTurns ?? null,
      supervision: this.supervision,
      promptMode: this.promptMode,
      reasoningEffort: this.reasoningEffort ?? null,
      serviceTier: this.serviceTier ?? null,
    });
    this.print(spawnReport(house, id), ({ session_id, session, attach_command }) =>
      [
        `${session_id} runs: ${session.provider_id} in ${session.worktree_path ?? session.repo_path} (${session.isolation})`,
        `  watch it  agentpool observe ${session_id} --wait-for any --timeout 60`,
        `  look at it  ${attach_command}`,
      ].join('\n'),
    );
  }

  async #task(): Promise<string> {
    if (this.task !== undefined && this.taskStdin)
      throw oneTask('--task and --task-stdin exclude each other.');
    if (this.taskStdin) return text(this.context.stdin);
    if (this.task === undefined) throw oneTask('A spawn needs a task.');
    return this.task;
  }
}

const oneTask = (message: string) =>
  new AgentPoolError('INVALID_REQUEST', message, {
    example: 'agentpool spawn --provider fake-question --task "Look for the parser"',
  });
