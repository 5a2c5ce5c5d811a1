import { chmodSync, closeSync, existsSync, openSync, readSync, rmSync, statSync } from 'node:fs';
import { AgentPoolError } from '../../lib/errors.ts';
import { run } from '../../lib/process/run.ts';
import { openSqlite } from '../store/connection.ts';

/** How often the write-ahead log is copied while it begins again and again. */
const ATTEMPTS = 5;
const PROGRESS_MS = 100;
/** Its first bytes change whenever it begins again. */
const LOG_HEADER = 32;

/**
 * Copies a ledger that other processes write to, with its write-ahead log, as fast as files can be copied. A snapshot
 * is open meanwhile. Until it is closed, SQLite changes pages of the database only to what the log holds too, and
 * begins the log again only if the database has all of it. So the database and the log that is copied after it are a
 * consistent ledger. `onProgress` receives bytes.
 * @throws LEDGER_BUSY if the log begins again each time that it is copied, and the errors of the system
 */
export async function copyInUse(
  file: string,
  copy: string,
  onProgress: (done: number, all: number) => void = () => {},
): Promise<void> {
  const snapshot = openSqlite(file, { readonly: true, timeout: 5000 });
  const all = statSync(file).size;
  const timer = setInterval(() => onProgress(sizeOf(copy), all), PROGRESS_MS);
  try {
    snapshot.exec('BEGIN').prepare('SELECT max(position) FROM events').get();
    await copyFile(file, copy);
    const log = `${file}-wal`;
    for (let left = ATTEMPTS; existsSync(log); left--) {
      if (left === 0) throw busy(file);
      const header = headerOf(log);
      await copyFile(log, `${copy}-wal`);
      if (headerOf(log) === header) return;
      rmSync(`${copy}-wal`, { force: true });
    }
  } finally {
    clearInterval(timer);
    snapshot.close();
  }
}

const busy = (file: string) =>
  new AgentPoolError('LEDGER_BUSY', `${file} changed each time that it was copied.`, { file });

const PROGRAM = `
  try {
    const { constants, copyFileSync } = require('node:fs');
    copyFileSync(process.argv[1], process.argv[2], constants.COPYFILE_FICLONE);
  } catch (error) {
    process.stderr.write(String(error.code));
    process.exitCode = 1;
  }`;

/** In another process: a process that opens and closes the file of a database gives up its own locks of it. */
async function copyFile(from: string, to: string): Promise<void> {
  const { error, stderr } = await run(process.execPath, ['-e', PROGRAM, from, to], { env: {} });
  if (error) throw Object.assign(error, { code: stderr });
  // A copy has the mode of the original.
  chmodSync(to, 0o600);
}

function headerOf(log: string): string {
  const descriptor = openSync(log, 'r');
  try {
    const header = Buffer.alloc(LOG_HEADER);
    return header.toString('hex', 0, readSync(descriptor, header, 0, LOG_HEADER, 0));
  } finally {
    closeSync(descriptor);
  }
}

const sizeOf = (path: string): number => statSync(path, { throwIfNoEntry: false })?.size ?? 0;
