import { isAbsolute } from 'node:path';
import Type, { type Static } from 'typebox';
import { facts, keyed, list, noted, nullable, oneOf, text } from '../lib/shapes.ts';
import { shellLine } from '../lib/text/shell.ts';
import { type Host, type HostPlace, SERVER } from './host.ts';
import type { ServerCommand } from './server-command.ts';

export const McpInstall = Type.Object(
  {
    client: text,
    kind: noted(
      oneOf(['command', 'deeplink', 'manual']),
      'command: the host writes its file itself; deeplink: it asks its user; manual: the file is edited by hand',
    ),
    commands: list(text),
    deeplink: nullable(text),
    remove: nullable(text),
    instructions: list(text),
    tui: Type.Optional(
      noted(Type.Object({ command: text, fields: keyed(text) }), "the same through the host's own menu"),
    ),
  },
  { title: 'McpInstall' },
);
export type McpInstall = Static<typeof McpInstall>;

/** How to register our server with a host, as `agentpool mcp-config --json` prints it. */
export const McpConfig = Type.Object(
  {
    ok: Type.Literal(true),
    client: text,
    display_name: text,
    format: oneOf(['json', 'toml']),
    path: noted(text, "the user's file that it goes into"),
    project_path: noted(nullable(text), 'the same for one repository, relative to it'),
    config: noted(
      Type.Union([facts, text]),
      'the whole file with our server alone: an object, or the text where it is TOML',
    ),
    commands: noted(list(text), 'shell commands of the host that add the server'),
    install: McpInstall,
    verify: noted(list(text), 'how one sees that it works: commands, or what is to be seen'),
  },
  { title: 'McpConfig' },
);
export type McpConfig = Static<typeof McpConfig>;

export function mcpConfig(host: Host, server: ServerCommand, place: HostPlace): McpConfig {
  const { id, display_name, format, project_path, verify } = host;
  const path = host.path?.(place) ?? project_path ?? '';
  const install = installOf(host, server, path);
  return {
    ok: true,
    client: id,
    display_name,
    format,
    path,
    project_path,
    config: host.toml?.(server) ?? fileWith(host, server),
    commands: install.commands,
    install,
    verify: [...verify],
  };
}

const NO_PATH =
  'A program started from the dock or a menu does not have the PATH of your shell: use --absolute-command.';

/** The text that goes into the file. */
export const snippet = ({ config }: Pick<McpConfig, 'config'>): string =>
  typeof config === 'string' ? config : JSON.stringify(config, null, 2);

/** `{mcpServers: {agentpool: {...}}}`, under the keys of this host. */
export const fileWith = ({ servers, entry }: Host, server: ServerCommand): Record<string, unknown> =>
  servers.reduceRight<Record<string, unknown>>((inner, key) => ({ [key]: inner }), {
    [SERVER]: entry(server),
  });

function installOf(host: Host, server: ServerCommand, path: string): McpInstall {
  const line = (args: readonly string[]) => shellLine([host.program ?? host.id, ...args]);
  const commands = host.add ? [line(host.add(server))] : [];
  const deeplink = host.deeplink?.(server) ?? null;
  const kind = host.add ? 'command' : deeplink ? 'deeplink' : 'manual';
  const withoutPath = host.windowed && !isAbsolute(server.command);
  const how = {
    command: `Run: ${commands[0]}`,
    deeplink: `Open the link, or add the snippet to ${path}.`,
    manual: `Add the snippet to ${path}, next to the existing entries.`,
  };
  return {
    client: host.id,
    kind,
    commands,
    deeplink,
    remove: host.remove ? line(host.remove) : null,
    instructions: [how[kind], ...host.notes, ...(withoutPath ? [NO_PATH] : [])],
    ...(host.menu ? { tui: { command: host.menu.command, fields: host.menu.fields(server) } } : {}),
  };
}
