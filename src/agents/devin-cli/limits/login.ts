import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type AccountPlace,
  failure,
  type LoginPlace,
  type SourceContext,
  type UsageFailure,
  type UsageSource,
} from '../../contract/limits/reading.ts';

const SERVER = 'https://server.codeium.com';

const folderOf = ({ env, home }: AccountPlace): string =>
  join(env.XDG_DATA_HOME || join(home, '.local', 'share'), 'devin');

async function devinAccount(place: AccountPlace): Promise<LoginPlace> {
  return { folder: folderOf(place), id: null };
}

/** What both questions to Devin's service have in common. */
export const DEVIN_SERVICE = {
  provider: 'devin-cli',
  reach: 'network',
  reads: 'the key in ~/.local/share/devin/credentials.toml',
  hosts: ['server.codeium.com'],
  confidence: 'observed',
  account: devinAccount,
  deadline_ms: 8000,
} as const satisfies Partial<UsageSource>;

/** In memory for one request, and never part of a reading. */
export interface DevinLogin {
  key: string;
  server: string;
}

export async function devinLogin(context: SourceContext): Promise<DevinLogin | UsageFailure> {
  const file = await readFile(join(folderOf(context), 'credentials.toml'), 'utf8').catch(() => null);
  if (file === null) return failure('signed_out', 'Devin is signed out: devin auth login');
  return parseDevinLogin(file);
}

/** The file is flat `key = "value"` lines. A server that is not https would get the key in the clear. */
export function parseDevinLogin(file: string): DevinLogin | UsageFailure {
  const key = tomlString(file, 'windsurf_api_key');
  if (!key) return failure('signed_out', 'Devin is signed out: devin auth login');
  const server = tomlString(file, 'api_server_url') ?? SERVER;
  if (!URL.canParse(server) || new URL(server).protocol !== 'https:')
    return failure('refused', "Devin's server is not an https address");
  return { key, server: server.replace(/\/+$/, '') };
}

function tomlString(file: string, key: string): string | null {
  const line = new RegExp(`^[ \\t]*${key}[ \\t]*=[ \\t]*(?:"([^"\\n]*)"|'([^'\\n]*)')`, 'm').exec(file);
  return line?.[1] ?? line?.[2] ?? null;
}
