import Type, { type Static } from 'typebox';
import { AgentPoolError } from '../lib/errors.ts';
import { run } from '../lib/process/run.ts';
import { flag, noted, text } from '../lib/shapes.ts';
import { shell } from '../lib/text/shell.ts';
import type { Host } from './host.ts';
import { McpConfig } from './mcp-config.ts';
import { type AskedPlace, hostProgram, Registration, registrationOf } from './registration.ts';
import type { ServerCommand } from './server-command.ts';

export const AppliedSetup = Type.Object({
  changed: noted(flag, 'false where the host knew the server already: then nothing was run'),
  command: text,
  output: noted(text, 'what the host printed'),
  registration: Registration,
});
export type AppliedSetup = Static<typeof AppliedSetup>;

/** What mcp-config prints; `applied` only with --apply. */
export const McpConfigReport = Type.Object({ ...McpConfig.properties, applied: Type.Optional(AppliedSetup) });
export type McpConfigReport = Static<typeof McpConfigReport>;

const TIMEOUT_MS = 60_000;

/**
 * Lets the host's own command line add our server; `say` receives the command before it runs. No file of a user's is
 * written by us. Throws APPLY_NOT_OFFERED, HOST_NOT_INSTALLED, APPLY_FAILED.
 */
export async function applyConfig(
  host: Host,
  server: ServerCommand,
  { config, place, say }: { config: McpConfig; place: AskedPlace; say(command: string): void },
): Promise<AppliedSetup> {
  const [command = ''] = config.commands;
  if (!host.add) throw notOffered(config);
  const program = await hostProgram(host, place);
  if (!program) throw notInstalled(host, config);
  const before = await registrationOf(host, place);
  if (before.status === 'registered') return { changed: false, command, output: '', registration: before };
  say(command);
  const output = await runShown([...program, ...host.add(server)], place, { host, command });
  return { changed: true, command, output, registration: await registrationOf(host, place) };
}

async function runShown(
  [program = '', ...args]: readonly string[],
  { cwd, env }: AskedPlace,
  { host, command }: { host: Host; command: string },
): Promise<string> {
  const { stdout, stderr, error } = await run(program, args, { cwd, env, timeoutMs: TIMEOUT_MS });
  if (!error) return stdout.trim();
  const said = (stderr || stdout || error.message).trim().split('\n').slice(0, 3).join(' ');
  throw new AgentPoolError(
    'APPLY_FAILED',
    `${host.display_name} did not add the server: ${said}`,
    { client: host.id, command, example: command },
    { cause: error },
  );
}

function notOffered({ client, display_name, path, install }: McpConfig): AgentPoolError {
  const link = install.deeplink ? 'open its link (--install prints it), or ' : '';
  return new AgentPoolError(
    'APPLY_NOT_OFFERED',
    `${display_name} has no command that adds a server, and AgentPool edits none of your files: ${link}add the snippet to ${path}.`,
    { client, path, deeplink: install.deeplink, example: shell`agentpool mcp-config --client ${client}` },
  );
}

const notInstalled = ({ id, display_name, program }: Host, { path }: McpConfig) =>
  new AgentPoolError(
    'HOST_NOT_INSTALLED',
    `${display_name} is not installed: no ${program} on PATH. Its file would be ${path}.`,
    { client: id, path, example: shell`agentpool mcp-config --client ${id}` },
  );
