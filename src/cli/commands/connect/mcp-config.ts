import { homedir } from 'node:os';
import { Command } from 'clipanion';
import { loadConfig } from '../../../config/file/load.ts';
import { homeFolder } from '../../../config/paths.ts';
import { type AppliedSetup, applyConfig, McpConfigReport } from '../../../hosts/apply.ts';
import type { Host } from '../../../hosts/host.ts';
import { hostNamed } from '../../../hosts/hosts.ts';
import { type McpConfig, mcpConfig, snippet } from '../../../hosts/mcp-config.ts';
import type { AskedPlace } from '../../../hosts/registration.ts';
import { type ServerCommand, serverCommand } from '../../../hosts/server-command.ts';
import { hosts } from '../../../hosts/table.ts';
import { paint } from '../../../report/text/style.ts';
import { PlainCommand } from '../../grammar/command.ts';
import { flag, knownWord, value } from '../../grammar/option.ts';

export default class McpConfigCommand extends PlainCommand<McpConfigReport> {
  static override paths = [['mcp-config']];
  static override report = McpConfigReport;
  static override usage = Command.Usage({
    category: 'Connect',
    description: 'Print or install the MCP configuration of a host',
    details: `
      Hosts: ${hosts.map(({ id }) => id).join(', ')}. Without an option it prints what belongs in the host's configuration file. \`--install\` prints the host's own command, or the link that opens it. \`--apply\` shows that command and runs it: the host writes its own file, AgentPool edits none.
    `,
    examples: [
      ['Print the snippet for any host', '$0 mcp-config'],
      ['Print the command for Claude Code', '$0 mcp-config --client claude-code --install'],
      ['Let Codex add AgentPool', '$0 mcp-config --client codex --apply'],
      [
        'Use absolute paths, for a program without your PATH',
        '$0 mcp-config --client claude-desktop --absolute-command',
      ],
    ],
  });

  client = value('--client', 'the host', {
    takes: knownWord(hosts.map(({ id }) => id)),
    initially: 'generic',
  });
  absoluteCommand = flag('--absolute-command', 'name Node and this package by absolute paths');
  install = flag('--install', "print the host's own command or link");
  apply = flag('--apply', "run the host's own command, after showing it");

  async work(): Promise<number> {
    const { env } = this.context;
    const host = hostNamed(this.client);
    const server = serverCommand(env, { absolute: this.absoluteCommand });
    const place = { env, home: env.HOME || homedir(), platform: process.platform };
    const config = mcpConfig(host, server, place);
    if (this.apply) return this.#apply(host, server, config);
    this.print(config, (made) => (this.install ? installText(made) : snippet(made)));
    if (!this.json) this.#notes(config);
    return 0;
  }

  async #apply(host: Host, server: ServerCommand, config: McpConfig): Promise<number> {
    const { env, stderr, stdout } = this.context;
    const loaded = await loadConfig(homeFolder(env), env);
    const place: AskedPlace = {
      env,
      home: env.HOME || homedir(),
      platform: process.platform,
      config: loaded.config,
      cwd: process.cwd(),
    };
    const say = (command: string) => void stderr.write(`${paint(stderr).dim('$')} ${command}\n`);
    const applied = await applyConfig(host, server, { config, place, say });
    this.print({ ...config, applied }, () => appliedText(config, applied, paint(stdout)));
    return applied.registration.status === 'not_registered' ? 1 : 0;
  }

  #notes({ path, install, verify }: McpConfig): void {
    const { stderr } = this.context;
    const lines = this.install
      ? [...install.instructions.slice(1), `See that it works: ${verify[0]}`]
      : [`goes into ${path}`, ...install.instructions];
    stderr.write(paint(stderr).dim(`\n${lines.join('\n')}\n`));
  }
}

const installText = ({ install }: McpConfig): string => {
  const { commands, deeplink, instructions } = install;
  return commands[0] ?? deeplink ?? instructions.join('\n');
};

function appliedText(
  { display_name, install }: McpConfig,
  { changed, output, registration }: AppliedSetup,
  color: ReturnType<typeof paint>,
): string {
  if (!changed) {
    const again = install.remove ? `\n  to add it again, first: ${install.remove}` : '';
    return `${color.dim('·')} ${display_name} has it already (${registration.message})${again}`;
  }
  const sign = registration.status === 'registered' ? color.green('✓') : color.yellow('!');
  return [...(output ? [output] : []), `${sign} ${display_name}: ${registration.message}`].join('\n');
}
