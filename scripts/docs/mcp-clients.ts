import type { Host, HostPlace } from '../../src/hosts/host.ts';
import { type McpConfig, mcpConfig, snippet } from '../../src/hosts/mcp-config.ts';
import type { ServerCommand } from '../../src/hosts/server-command.ts';
import { hosts } from '../../src/hosts/table.ts';
import { shellLine } from '../../src/lib/text/shell.ts';

/** A command without the paths of any one machine. */
const SERVER_COMMAND: ServerCommand = { command: 'agentpool', args: ['mcp'], env: {} };
const place = (platform: NodeJS.Platform): HostPlace => ({ env: {}, home: '~', platform });

/** docs/mcp-clients.md, from the same data as `agentpool mcp-config`. */
export function mcpClientsMarkdown(): string {
  return `${[
    '# MCP clients',
    '',
    '<!-- Generated from src/hosts/table.ts by: npm run docs. Change it there. -->',
    '',
    "How to add the [MCP server](mcp.md) to each host. `agentpool mcp-config` prints the same for your machine. With `--absolute-command` it prints absolute paths, for programs that do not have the PATH of your shell. If `AGENTPOOL_HOME` is set, it is included. `--apply` shows and runs the host's own command, which writes the file; AgentPool edits none of your files. `agentpool setup TARGET` checks whether a host has the server.",
    '',
    '| host | method | configuration file |',
    '| --- | --- | --- |',
    ...hosts.map(row),
    ...hosts.flatMap((host) => ['', ...section(host)]),
  ].join('\n')}\n`;
}

const configOf = (host: Host, platform: NodeJS.Platform = 'linux'): McpConfig =>
  mcpConfig(host, SERVER_COMMAND, place(platform));

const HOW = { command: 'its own command', deeplink: 'a link', manual: 'by hand' } as const;

function row(host: Host): string {
  const { display_name, install } = configOf(host);
  const anchor = display_name.toLowerCase().replaceAll(' ', '-');
  return `| [${display_name}](#${anchor}) | ${HOW[install.kind]} | ${filesOf(host)} |`;
}

function filesOf(host: Host): string {
  const user = host.path ? [...new Set([configOf(host).path, configOf(host, 'darwin').path])] : [];
  const [linux, mac] = user;
  const own = mac ? [`\`${linux}\` (macOS: \`${mac}\`)`] : user.map((path) => `\`${path}\``);
  return [...own, ...(host.project_path ? [`\`${host.project_path}\` in a repository`] : [])].join(', or ');
}

function section(host: Host): string[] {
  const config = configOf(host);
  const { display_name, format, install, verify } = config;
  const ask = shellLine(['agentpool', 'mcp-config', '--client', host.id]);
  const add = install.commands[0];
  return [
    `## ${display_name}`,
    '',
    ...(add ? ['```bash', add, `${ask} --apply    # runs the same command`, '```', ''] : []),
    ...(install.deeplink
      ? [
          `${add ? 'Or use' : 'Use'} a link: \`${ask} --install\` prints it, and ${display_name} asks before it adds the server.`,
          '',
        ]
      : []),
    ...(install.tui ? [`Or in ${display_name}: \`${install.tui.command}\`.`, ''] : []),
    `${add || install.deeplink ? 'The resulting entry in' : 'Add to'} ${filesOf(host)}:`,
    '',
    `\`\`\`${format}`,
    snippet(config),
    '```',
    '',
    ...install.instructions.slice(1).flatMap((note) => [`- ${note}`]),
    `- Check: ${verify.map(asCode).join('; ')}.`,
    ...(install.remove ? [`- Remove: \`${install.remove}\`.`] : []),
  ];
}

const asCode = (step: string): string => (/^[a-z]+ mcp /.test(step) ? `\`${step}\`` : step);
