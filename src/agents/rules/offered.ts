import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { AgentPoolError, errorMessage } from '../../lib/errors.ts';
import { fetchThrough } from '../../lib/net/proxy.ts';
import { shell } from '../../lib/text/shell.ts';

/** Bytes. All rules that come with AgentPool together are a tenth of it. */
const MOST_BYTES = 1024 * 1024;
const TIMEOUT_MS = 30_000;

/** Rules as they were read: nothing of them is checked yet but their digest. */
export interface UncheckedRules {
  text: string;
  /** Of the bytes, in hexadecimal. */
  sha256: string;
}

interface Reading {
  env: Readonly<Record<string, string | undefined>>;
  /** The digest that its author has published; a file may go without. */
  sha256: string | undefined;
  fetch?: typeof fetch;
}

/**
 * Reads rules from a file, or over https from an address whose digest is pinned.
 * @throws RULES_NOT_TAKEN where it cannot be read, is too large, is not https, has no digest or another one
 */
export async function readRuleSource(from: string, reading: Reading): Promise<UncheckedRules> {
  const pinned = pinnedDigest(from, reading.sha256);
  const bytes = isAddress(from) ? await fetched(from, pinned, reading) : fileBytes(from);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  if (pinned !== null && sha256 !== pinned)
    throw notTaken(
      `${from} is not what was pinned: its sha256 is ${sha256}, and --digest says ${pinned}. Nothing was taken. Ask its author which of them is right.`,
      shell`agentpool detectors update --from ${from} --digest DIGEST`,
    );
  return { text: decoded(from, bytes), sha256 };
}

export const isAddress = (from: string): boolean => /^[a-z][a-z\d+.-]+:\/\//i.test(from);

function pinnedDigest(from: string, given: string | undefined): string | null {
  if (given === undefined) return null;
  const digest = given.replace(/^sha256[:-]/i, '').toLowerCase();
  if (/^[0-9a-f]{64}$/.test(digest)) return digest;
  throw notTaken(
    `--digest ${given} is no digest: it has 64 characters of 0-9 and a-f.`,
    shell`sha256sum ${from}`,
  );
}

async function fetched(
  from: string,
  pinned: string | null,
  { env, fetch: plain = fetch }: Reading,
): Promise<Uint8Array> {
  if (!/^https:/i.test(from))
    throw notTaken(
      `${from} is not https: rules decide what AgentPool types, and are taken only over https, or from a file.`,
      shell`agentpool detectors update --from rules.yaml`,
    );
  if (pinned === null)
    throw notTaken(
      `${from} has no digest to check it against. Add --digest with the one that its author has published.`,
      shell`agentpool detectors update --from ${from} --digest DIGEST`,
    );
  try {
    return await download(from, fetchThrough(env, plain));
  } catch (error) {
    if (error instanceof AgentPoolError) throw error;
    throw notTaken(`${from} cannot be fetched: ${reasonOf(error)}.`, shell`curl -fI ${from}`, error);
  }
}

/** Another redirection than to https would send the request where anyone can answer it. */
async function download(from: string, get: typeof fetch): Promise<Uint8Array> {
  let address = new URL(from);
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  for (let hops = 0; hops < 5; hops++) {
    const response = await get(address, { redirect: 'manual', signal });
    const next = response.headers.get('location');
    if (response.status < 300 || response.status >= 400 || next === null) return body(from, response);
    await response.body?.cancel();
    address = new URL(next, address);
    if (address.protocol !== 'https:')
      throw notTaken(`${from} leads to ${address.protocol}//, which is not https.`, shell`curl -I ${from}`);
  }
  throw notTaken(`${from} leads on and on to other addresses.`, shell`curl -IL ${from}`);
}

async function body(from: string, response: Response): Promise<Uint8Array> {
  if (!response.ok) throw notTaken(`${from} answers ${response.status}.`, shell`curl -I ${from}`);
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of response.body ?? []) {
    size += part.length;
    if (size > MOST_BYTES) throw tooLarge(from);
    parts.push(part);
  }
  return Buffer.concat(parts);
}

/** As they are: the digest is of the bytes. */
function fileBytes(path: string): Uint8Array {
  try {
    const found = statSync(path);
    if (!found.isFile()) throw notTaken(`${path} is no file.`, shell`ls -l ${path}`);
    if (found.size > MOST_BYTES) throw tooLarge(path);
    return readFileSync(path);
  } catch (error) {
    if (error instanceof AgentPoolError) throw error;
    throw notTaken(`${path} cannot be read: ${errorMessage(error)}.`, shell`ls -l ${path}`, error);
  }
}

function decoded(from: string, bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw notTaken(`${from} is no text in UTF-8.`, 'agentpool detectors update --from FILE|URL');
  }
}

const tooLarge = (from: string) =>
  notTaken(
    `${from} has more than ${MOST_BYTES / 1024 / 1024} MB.`,
    'agentpool detectors update --from FILE|URL',
  );

/** `fetch` hides why it failed in the cause. */
const reasonOf = (error: unknown): string => {
  const { cause } = error as { cause?: unknown };
  return cause === undefined ? errorMessage(error) : errorMessage(cause);
};

export const notTaken = (message: string, example: string, cause?: unknown): AgentPoolError =>
  new AgentPoolError('RULES_NOT_TAKEN', message, { example }, cause === undefined ? undefined : { cause });
