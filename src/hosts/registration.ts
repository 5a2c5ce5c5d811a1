import { resolve } from 'node:path';
import Type, { type Static } from 'typebox';
import { locate } from '../agents/contract/locate.ts';
import { loadAgent } from '../agents/registry.ts';
import type { Config } from '../config/schema.ts';
import { fileText } from '../lib/files/file-text.ts';
import { type Finished, runToEnd } from '../lib/process/child.ts';
import { noted, oneOf, text } from '../lib/shapes.ts';
import { parseJsonc } from '../lib/text/jsonc.ts';
import { programPath } from '../workers/core/setup/programs.ts';
import { type Host, type HostPlace, SERVER } from './host.ts';

/** Whether a host knows our server; `unknown` where it could not be checked. */
export const Registration = Type.Object(
  {
    status: oneOf(['registered', 'not_registered', 'unknown']),
    message: noted(text, 'who said so, or what is in the way'),
  },
  { title: 'Registration' },
);
export type Registration = Static<typeof Registration>;

export interface AskedPlace extends HostPlace {
  config: Pick<Config, 'providers'>;
  cwd: string;
}

/** Claude starts the server to see whether it answers. */
const TIMEOUT_MS = 30_000;

/** The words that start a host's own command line here; null where it is not installed or has none. */
export async function hostProgram(host: Host, place: AskedPlace): Promise<readonly string[] | null> {
  // Cursor's editor and its agent are two programs.
  if (host.provider && host.add) {
    const { descriptor } = await loadAgent(host.provider);
    const { env, home, config } = place;
    const options = { env, home, workdir: place.cwd, now: () => new Date(), execPath: process.execPath };
    return locate(descriptor, { ...options, configured: config.providers });
  }
  const path = host.program === null ? null : programPath(host.program, place.env);
  return path === null ? null : [path];
}

/** Asks the host's own command line where that can show one server, else reads its file. Changes nothing. */
export async function registrationOf(host: Host, place: AskedPlace): Promise<Registration> {
  if (!host.get) return inFiles(host, place);
  const program = await hostProgram(host, place);
  const [command, ...first] = program ?? [];
  if (command === undefined) {
    return { status: 'unknown', message: `${host.program} is not installed, so it was not asked` };
  }
  const spec = { command, args: [...first, ...host.get], env: place.env, cwd: place.cwd };
  return answered(await runToEnd(spec, AbortSignal.timeout(TIMEOUT_MS)), `${host.program} mcp get ${SERVER}`);
}

/** All of these command lines end with 0 for a server that they know, and name it as unknown else. */
function answered(run: Finished, asked: string): Registration {
  if (run.code === 0) {
    const health = /^\s*Status:\s*(\S.*)$/m.exec(run.stdout)?.[1];
    return { status: 'registered', message: health ? `${asked}: ${health.trim()}` : `${asked} shows it` };
  }
  if (/no mcp server|not found/i.test(`${run.stdout}\n${run.stderr}`))
    return { status: 'not_registered', message: `${asked} does not know it` };
  const why = run.timed_out ? 'gave no answer in time' : `ended with ${run.code ?? run.signal ?? run.error}`;
  return { status: 'unknown', message: `${asked} ${why}` };
}

function inFiles(host: Host, place: AskedPlace): Registration {
  const files = [
    ...(host.path ? [host.path(place)] : []),
    ...(host.project_path ? [resolve(place.cwd, host.project_path)] : []),
  ];
  const unread: string[] = [];
  for (const file of files) {
    const content = fileText(file);
    if (content === null) continue;
    const servers = serversIn(content, host.servers);
    if (servers === null) unread.push(file);
    else if (Object.hasOwn(servers, SERVER)) return { status: 'registered', message: `${file} has it` };
  }
  return unread.length > 0
    ? { status: 'unknown', message: `${unread[0]} cannot be read as JSON` }
    : { status: 'not_registered', message: `not in ${files.join(', nor in ')}` };
}

/** The servers of a host's file, by name; empty where it has none, null where it is no JSON. */
export function serversIn(content: string, keys: readonly string[]): object | null {
  try {
    const found = keys.reduce<unknown>((value, key) => property(value, key), parseJsonc(content));
    return typeof found === 'object' && found !== null ? found : {};
  } catch {
    return null;
  }
}

const property = (value: unknown, key: string): unknown =>
  typeof value === 'object' && value !== null && Object.hasOwn(value, key)
    ? (value as Record<string, unknown>)[key]
    : undefined;
