import { homedir } from 'node:os';
import { Command } from 'clipanion';
import Type, { type Static } from 'typebox';
import { loadConfig } from '../../../config/file/load.ts';
import { homeFolder } from '../../../config/paths.ts';
import { SetupOfAll, SetupReport, setUp, setupOfAll } from '../../../hosts/setup.ts';
import type { SetupCheck } from '../../../hosts/setup-checks.ts';
import { type SetupTarget, setupTargets, targetsNamed } from '../../../hosts/targets.ts';
import { shell } from '../../../lib/text/shell.ts';
import { nextSteps } from '../../../report/text/outcome.ts';
import { columnsOf, paint } from '../../../report/text/style.ts';
import { table } from '../../../report/text/table.ts';
import { wrap } from '../../../report/text/wrap.ts';
import { notInstalled } from '../../../report/views/limits/not-installed.ts';
import { interactiveAllowed } from '../../../usage/asking/probe.ts';
import { BACKENDS, type Backend } from '../../../usage/backends/index.ts';
import { usageSnapshots } from '../../../usage/capacity/summary.ts';
import { openApp } from '../../../workers/core/context.ts';
import { PlainCommand } from '../../grammar/command.ts';
import { argument, flag, knownWord, oneOf, pagerFlag, value } from '../../grammar/option.ts';

/** Long, because a person who sets up an agent needs current results, and waits for them. */
const LOCK_TIMEOUT_MS = 10_000;

const STATES: Readonly<Record<string, string>> = {
  authenticated: 'signed in',
  unauthenticated: 'signed out',
};

const SetupAnswer = Type.Union([SetupReport, SetupOfAll], {
  description: 'Whether a target is ready; of `all`, of every one. The exit code is 1 where it is not.',
});
type SetupAnswer = Static<typeof SetupAnswer>;

export default class Setup extends PlainCommand<SetupAnswer> {
  static override paths = [['setup']];
  static override report = SetupAnswer;
  static override usage = Command.Usage({
    category: 'Start',
    description: 'Check an agent or host, and show what to type next',
    details: `
      Targets: ${setupTargets.map(({ id }) => id).join(', ')}, or all. Checks whether the agent is installed and signed in, its models, its limits as recorded in the ledger, and whether the host has AgentPool's MCP server. Changes nothing. Exits with 1 when something is missing.
    `,
    examples: [
      ['Check everything', '$0 setup all'],
      ['Check one agent', '$0 setup codex'],
      ['Ask it for its limits too', '$0 setup codex --backend native'],
    ],
  });

  target = argument('TARGET', {
    required: true,
    takes: knownWord(['all', ...setupTargets.map(({ id }) => id)]),
  });
  backend = value('--backend', `ask for limits now, through ${BACKENDS.join(', ')}`, {
    takes: oneOf(BACKENDS),
  });
  skipUsage = flag('--skip-usage', 'leave out limits');
  interactive = flag(
    '--interactive,--interactive-usage',
    'with --backend: start no agent in a terminal, and skip the sources that need one',
    true,
  );
  relativeCommand = flag(
    '--relative-command',
    'let hosts start agentpool by its name, not by absolute paths',
  );
  override pager = pagerFlag();

  async work(): Promise<number> {
    const { env } = this.context;
    const targets = targetsNamed(this.target);
    if (this.backend && !this.skipUsage) await this.#ask(this.backend, targets);
    const { config, paths } = await loadConfig(homeFolder(env), env);
    const { skipUsage, backend = null } = this;
    const reports = await setUp(
      { config, paths, env, max_wait_ms: LOCK_TIMEOUT_MS },
      targets,
      { backend, skipUsage, absolute: !this.relativeCommand },
      { home: env.HOME || homedir(), platform: process.platform, cwd: process.cwd() },
    );
    const [only] = reports;
    if (only && this.target !== 'all') {
      await this.show(only, (report) => this.#one(report));
      return only.ok ? 0 : 1;
    }
    const all = setupOfAll(reports);
    await this.show(all, (found) => this.#all(found));
    return all.ok ? 0 : 1;
  }

  /** The only part of setup that writes: records the answers of providers in the ledger. */
  async #ask(backend: Backend, targets: readonly SetupTarget[]): Promise<void> {
    const app = await openApp(this.context.env, 'cli');
    try {
      const providers = targets.flatMap(({ provider }) => provider ?? []);
      const interactive = interactiveAllowed(app.env, this.interactive);
      await usageSnapshots(app, { providers, backend, interactive, cached: false });
    } finally {
      app.ledger.close();
    }
  }

  #one({ display_name, ok, checks, next_commands, setup_doc }: SetupReport): string {
    const { stdout } = this.context;
    const color = paint(stdout);
    return [
      `${color.bold(display_name)} ${this.#verdict(ok, checks)}`,
      '',
      ...checks.flatMap((check) => this.#check(check)),
      ...nextSteps(next_commands, stdout),
      color.dim(`\nguide: ${setup_doc}`),
    ].join('\n');
  }

  #verdict(ok: boolean, checks: readonly SetupCheck[]): string {
    const color = paint(this.context.stdout);
    if (!ok) return color.yellow('is not ready');
    const unsure = checks.some((check) => check.name === 'sign_in' && check.ok === null);
    return unsure ? 'is installed; whether you are signed in shows when it works' : color.green('is ready');
  }

  #check({ name, ok, message, action }: SetupCheck): string[] {
    const { stdout } = this.context;
    const color = paint(stdout);
    const sign = ok === true ? color.green('✓') : ok === false ? color.red('✗') : color.dim('·');
    const [first = '', ...rest] = wrap(message, columnsOf(stdout) - 14);
    const indent = ' '.repeat(13);
    return [
      `${sign} ${name.replace('_', ' ').padEnd(10)} ${first}`,
      ...rest.map((line) => indent + line),
      ...(ok === true || action === null ? [] : [`${indent}${color.dim('→')} ${action}`]),
    ];
  }

  #all({ rows }: SetupOfAll): string {
    const { stdout } = this.context;
    const color = paint(stdout);
    const isMissing = ({ installed, provider_id }: SetupOfAll['rows'][number]) =>
      !installed && provider_id !== null;
    const listed = rows.filter((row) => !isMissing(row));
    const missing = rows.filter(isMissing).map(({ target }) => target);
    const cells = listed.map((row) => [
      `${row.installed && row.ok ? color.green('●') : color.dim('○')} ${row.target}`,
      row.installed ? (STATES[row.sign_in] ?? 'installed') : 'not installed',
      row.installed ? (row.usage_status ?? '') : '',
      row.installed || row.provider_id === null ? row.mcp_config.replace('_', ' ') : '',
    ]);
    const open = rows.filter(({ installed, action }) => installed && action !== '');
    const next = open.length > 0 ? open : rows.slice(0, 1);
    return [
      ...(cells.length > 0 ? [table(['TARGET', 'STATE', 'LIMITS', 'MCP'], cells, columnsOf(stdout))] : []),
      ...notInstalled(missing, stdout),
      ...nextSteps(
        next.map(({ target }) => shell`agentpool setup ${target}`),
        stdout,
      ),
    ].join('\n');
  }
}
