import type { Host, HostPlace } from '../../src/hosts/host.ts';
import { hosts } from '../../src/hosts/hosts.ts';
import { type McpConfig, mcpConfig, snippet } from '../../src/hosts/mcp-config.ts';
import type { ServerCommand } from '../../src/hosts/server-command.ts';
import { shellLine } from '../../src/lib/text/shell.ts';

/** As nobody's machine in particular has it. */
const SERVER_COMMAND: ServerCommand = { command: 'agentpool', args: ['mcp'], env: {} };
const place = (platform: NodeJS.Platform): HostPlace => ({ env: {}, home: '~', platform });

/** docs/mcp-clients.md, from the same data as `agentpool mcp-config`. */
export function mcpClientsMarkdown(): string {
  return `${[
    '# MCP clients',
    '',
    '<!-- Generated from src/hosts/clients by: npm run docs. Change it there. -->',
    '',
    'How each host is told of the [MCP server](mcp.md). `agentpool mcp-config` prints the same for your machine, `--absolute-command` with whole paths, which programs need that do not have the PATH of your shell. Where `AGENTPOOL_HOME` is set, it goes along. `--apply` lets the host write its own file, after showing the command; AgentPool edits no file of yours. `agentpool setup TARGET` says whether a host has it.',
    '',
    '| host | how | its file |',
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
  return [...own, ...(host.project_path ? [`\`${host.project_path}\` of a repository`] : [])].join(', or ');
}

function section(host: Host): string[] {
  const config = configOf(host);
  const { display_name, format, install, verify } = config;
  const ask = shellLine(['agentpool', 'mcp-config', '--client', host.id]);
  const add = install.commands[0];
  return [
    `## ${display_name}`,
    '',
    ...(add
      ? ['```bash', add, `${ask} --apply    # the same, by ${display_name}'s own command`, '```', '']
      : []),
    ...(install.deeplink
      ? [`${add ? 'Or a' : 'A'} link that lets ${display_name} ask you: \`${ask} --install\` prints it.`, '']
      : []),
    ...(install.tui ? [`Or in it: \`${install.tui.command}\`.`, ''] : []),
    `${add || install.deeplink ? 'What then stands in' : 'Put into'} ${filesOf(host)}:`,
    '',
    `\`\`\`${format}`,
    snippet(config),
    '```',
    '',
    ...install.instructions.slice(1).flatMap((note) => [`- ${note}`]),
    `- To see that it works: ${verify.map(asCode).join('; ')}.`,
    ...(install.remove ? [`- To take it out: \`${install.remove}\`.`] : []),
  ];
}

const asCode = (step: string): string => (/^[a-z]+ mcp /.test(step) ? `\`${step}\`` : step);
