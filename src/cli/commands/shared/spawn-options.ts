import { isolations, promptModes } from '../../../events/catalogue/words.ts';
import { LedgerCommand } from '../../grammar/ledger-command.ts';
import { flag, list, oneOf, value, wholeNumber } from '../../grammar/option.ts';

/** The options of commands that spawn a worker: provider, task, repository and limits. */
export abstract class SpawnCommand<Report> extends LedgerCommand<Report> {
  provider = value('--provider', 'the agent: see agentpool providers', { required: true });
  task = value('--task', 'what to do');
  taskFile = value('--task-file', 'read the task from this file; - is standard input');
  taskStdin = flag('--task-stdin,--stdin', 'read the task from standard input');
  repo = value('--repo', 'the folder to work in', { initially: '.' });
  role = value('--role', 'explorer, reviewer, implementer, ...', { initially: 'explorer' });
  runtime = value('--runtime', 'where the worker runs: tmux', { initially: 'tmux' });
  isolation = value('--isolation', isolations.join(', '), { takes: oneOf(isolations) });
  model = value('--model', 'the model, as the agent names it');
  account = value('--account', 'which of its accounts: see agentpool accounts list (default)');
  allowedFile = list('--allowed-file', 'a file the worker may change, relative to --repo (repeat for more)');
  maxRuntimeSeconds = value('--max-runtime-seconds', 'end the worker after this many seconds', {
    takes: wholeNumber(1),
  });
  maxTurns = value('--max-turns', 'how many messages the worker may receive', { takes: wholeNumber(1) });
  supervision = value('--supervision', 'interactive or autonomous, for your own records', {
    initially: 'interactive',
  });
  initialPromptMode = value('--initial-prompt-mode', promptModes.join(', '), {
    takes: oneOf(promptModes),
    initially: 'provider_default',
  });
  reasoningEffort = value('--reasoning-effort', 'the reasoning effort, as the agent names it');
  serviceTier = value('--service-tier', 'the service tier, as the agent names it');
  setup = list(
    '--setup',
    'a shell command that prepares the worktree, in place of workspace.setup (repeat for more)',
  );
  onLimit = value(
    '--on-limit',
    'at a limit: stop, wait for the reset, or hand over to the first of PROVIDER[:MODEL][@ACCOUNT],... with headroom (stop)',
  );
  waitAtMost = value('--wait-at-most', 'with --on-limit: wait for resets at most this long, such as 12h');
  queue = flag(
    '--queue',
    'if it cannot start now (a limit, the number of workers, a lease), start it when it can',
  );
  notBefore = value('--not-before', 'with --queue: not before this time: 18:00, 2026-03-04T18:00, +2h');
  deadline = value('--deadline', 'with --queue: drop it if it has not started by this time');
  skipSetup = flag('--skip-setup', 'run no setup command, not even those of workspace.setup');
}
