import { closeSync, constants, fstatSync, openSync, readFileSync, writeSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type SignalKind, signalKinds } from '../../../agents/contract/signal-kinds.ts';

export interface Signal {
  kind: SignalKind;
  /** When it was given, milliseconds since 1970. */
  at: number;
}

/** The file in a worker's launch folder that its signals are appended to, and the one with the token that verifies them. */
export const SPOOL = 'signals';
export const TOKEN = 'signal-token';

/** The largest spool, in bytes: a hook that runs wild must not fill the disk. */
export const LARGEST = 256 * 1024;

/**
 * Appends one signal to the spool that the environment names: a line with the worker's token, the kind and the time.
 * Creates no file, follows no link, accepts no other text. False if it is not accepted; a caller must not fail for that.
 */
export function giveSignal(
  kind: string,
  env: Readonly<Record<string, string | undefined>>,
  now: number,
): boolean {
  const { AGENTPOOL_SIGNALS: path = '', AGENTPOOL_SIGNAL_TOKEN: token = '' } = env;
  if (!isKind(kind) || basename(path) !== SPOOL || !/^[0-9a-f]{32}$/.test(token)) return false;
  let file: number | null = null;
  try {
    file = openSync(path, constants.O_WRONLY | constants.O_APPEND | constants.O_NOFOLLOW);
    const stat = fstatSync(file);
    if (!stat.isFile() || stat.size > LARGEST) return false;
    // One write of a short line to a file opened for appending is never torn by another.
    writeSync(file, `${token} ${kind} ${now}\n`);
    return true;
  } catch {
    return false;
  } finally {
    if (file !== null) closeSync(file);
  }
}

/** The signals of a worker, oldest first; lines without its token, or with other text, are ignored. */
export function readSignals(folder: string): Signal[] {
  const token = readToken(folder);
  if (token === null) return [];
  try {
    return readFileSync(join(folder, SPOOL), 'utf8')
      .split('\n')
      .flatMap((line) => {
        const [verification, kind = '', at] = line.split(' ');
        return verification === token && isKind(kind) ? [{ kind, at: Number(at) }] : [];
      });
  } catch {
    return [];
  }
}

/** The token that verifies a worker's signals; null if it gives none. */
export function readToken(folder: string): string | null {
  try {
    return readFileSync(join(folder, TOKEN), 'utf8').trim();
  } catch {
    return null;
  }
}

const isKind = (word: string): word is SignalKind => (signalKinds as readonly string[]).includes(word);
