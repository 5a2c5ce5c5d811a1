import { join } from 'node:path';
import { envArgs, type Host, plainEntry, SERVER, words } from '../host.ts';
import type { ServerCommand } from '../server-command.ts';

/** Arguments as `codex mcp add --help` of 0.169.0 has them. */
export const codex: Host = {
  id: 'codex',
  display_name: 'Codex',
  provider: 'codex-cli',
  program: 'codex',
  format: 'toml',
  path: ({ env, home }) => join(env.CODEX_HOME || join(home, '.codex'), 'config.toml'),
  project_path: '.codex/config.toml',
  servers: ['mcp_servers'],
  entry: plainEntry,
  toml: tables,
  add: (server) => ['mcp', 'add', SERVER, ...envArgs(server), '--', ...words(server)],
  remove: ['mcp', 'remove', SERVER],
  get: ['mcp', 'get', SERVER, '--json'],
  verify: [`codex mcp get ${SERVER}`],
  notes: ['The command line and the IDE extension of Codex share this file.'],
};

/** A JSON string is a basic string of TOML, and an array of them an array. */
function tables({ command, args, env }: ServerCommand): string {
  const lines = [
    `[mcp_servers.${SERVER}]`,
    `command = ${JSON.stringify(command)}`,
    `args = [${args.map((arg) => JSON.stringify(arg)).join(', ')}]`,
  ];
  const variables = Object.entries(env).map(([name, value]) => `${name} = ${JSON.stringify(value)}`);
  return [...lines, ...(variables.length > 0 ? ['', `[mcp_servers.${SERVER}.env]`, ...variables] : [])].join(
    '\n',
  );
}
