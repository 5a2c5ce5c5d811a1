import { execFile } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { openFiles } from '../../src/lib/process/open-files.ts';
import { ageOf, pidsWithVariable, processTable } from '../../src/lib/process/process-table.ts';
import { identity } from '../../src/lib/process/processes.ts';
import { type Ledger, openLedger } from '../../src/projections/projector/ledger.ts';
import type { Home } from '../../src/workers/testing/home.ts';
import { processorMs, processorMsWithChildren, processorOf } from '../processor.ts';
import { median } from '../timing.ts';
import type { Ground } from './driver.ts';
import { KEPT } from './kinds.ts';
import type { Sample } from './metrics.ts';
import { HOUR_S } from './plan.ts';

const run = promisify(execFile);

/** Between two measured runs of gc, in seconds: with more and more that it keeps, each is a load of its own. */
const GC_EVERY_S = 30;
/** What gc should have removed by now: kept for two simulated hours, and removed at every other one, with a reserve. */
const OVERDUE_S = 5 * HOUR_S;

/** Measures a home from the outside, again and again. Keeps the ledger open: to open it each time is itself a load. */
export class Sampler {
  readonly #ground: Ground;
  readonly #ledger: Ledger;
  readonly #begun = performance.now();
  /** An idle worker that runs until the end: what `observe` is timed with. */
  readonly #idle: string;
  #nextGc = GC_EVERY_S;

  constructor(ground: Ground, idle: string) {
    this.#ground = ground;
    this.#idle = idle;
    this.#ledger = openLedger(ground.home.ledgerFile);
  }

  async take(): Promise<Sample> {
    const { home, spawns } = this.#ground;
    const count = (sql: string) => this.#ledger.get<{ n: number }>(sql)?.n ?? 0;
    const alive = count('SELECT count(*) AS n FROM sessions WHERE alive = 1');
    const ended = count('SELECT count(*) AS n FROM sessions WHERE alive = 0');
    const mine = ownProcesses(home);
    const folders = namesIn(join(home.folder, 'artifacts'));
    const floorMs = await this.#timed(['-e', '0']);
    const sample: Sample = {
      at: (performance.now() - this.#begun) / 1000,
      ended,
      alive,
      watcher: watcherOf(home),
      commandsMs: processorMsWithChildren(process.pid),
      ...mine,
      events: count('SELECT count(*) AS n FROM events'),
      ledgerBytes: count(LEDGER_BYTES),
      artifactBytes: sum(folders.map((name) => bytesIn(join(home.folder, 'artifacts', name)))),
      artifactFolders: folders.length,
      overdueFolders: this.#overdue(folders),
      runFiles: namesIn(join(home.folder, 'run')).length,
      floorMs,
      sessionsMs: await this.#command('sessions'),
      observeMs: await this.#command('observe', this.#idle),
      spawnMs: spawns.length > 0 ? median(spawns) : null,
      gc: await this.#gc(),
      behindS: this.#ground.behindS,
    };
    spawns.length = 0;
    return sample;
  }

  /** How many of these folders are of workers that ended long ago, and of a kind that is not kept. */
  #overdue(folders: readonly string[]): number {
    const kept = new Set(this.#ground.workers.flatMap(({ id, kind }) => (kind === KEPT ? [id] : [])));
    const before = new Date(Date.now() - OVERDUE_S * 1000).toISOString();
    const old = this.#ledger.all<{ id: string }>(
      'SELECT id FROM sessions WHERE alive = 0 AND ended_at < ?',
      before,
    );
    const present = new Set(folders);
    return old.filter(({ id }) => present.has(id) && !kept.has(id)).length;
  }

  async #gc(): Promise<Sample['gc']> {
    if ((performance.now() - this.#begun) / 1000 < this.#nextGc) return null;
    this.#nextGc += GC_EVERY_S;
    const { env, repo: cwd } = this.#ground.home;
    const floor = await processorOf([process.execPath, '-e', '0'], { env, cwd });
    const words = [process.execPath, MAIN, 'gc', '--dry-run', '--json'];
    const { stdout, ms } = await processorOf(words, { env, cwd });
    const { removed, kept } = JSON.parse(stdout) as { removed: unknown[]; kept: unknown[] };
    return { items: removed.length + kept.length, ms, floorMs: floor.ms };
  }

  close(): void {
    this.#ledger.close();
  }

  #command(...words: string[]): Promise<number> {
    return this.#timed([MAIN, ...words, '--json']);
  }

  async #timed(words: readonly string[]): Promise<number> {
    const begun = performance.now();
    await run(process.execPath, [...words], { env: this.#ground.home.env, cwd: this.#ground.home.repo });
    return performance.now() - begun;
  }
}

/** With the pages that are only in the write-ahead log so far. */
const LEDGER_BYTES = 'SELECT page_count * page_size AS n FROM pragma_page_count(), pragma_page_size()';

const MAIN = join(import.meta.dirname, '..', '..', 'dist', 'main.js');

function watcherOf(home: Home): Sample['watcher'] {
  const pid = home.watcherPid();
  const process_ = pid === null ? null : identity(pid);
  if (pid === null || !process_) return null;
  const rss = /^VmRSS:\s+(\d+) kB$/m.exec(readOrEmpty(`/proc/${pid}/status`))?.[1];
  return {
    pid,
    ageS: (ageOf(process_) ?? 0) / 1000,
    rssMiB: Number(rss ?? 0) / 1024,
    descriptors: openFiles(pid).length,
    processorMs: processorMs(pid),
  };
}

/** The processes of the home and of its workers; zombies are children of theirs that were not waited for. */
export function ownProcesses(home: Home): Pick<Sample, 'processes' | 'zombies' | 'tmuxServers'> {
  const own = new Set([
    ...pidsWithVariable('HOME', home.env.HOME ?? ''),
    ...pidsWithVariable('AGENTPOOL_HOME', home.folder),
  ]);
  const table = processTable();
  const servers = table.filter(({ command, zombie }) => !zombie && isServer(command, home.folder));
  const all = new Set([...own, ...servers.map(({ pid }) => pid)]);
  const zombies = table.filter(({ zombie, parent }) => zombie && (all.has(parent) || parent === process.pid));
  return { processes: all.size, zombies: zombies.length, tmuxServers: servers.length };
}

const isServer = (command: string, folder: string) =>
  /^\S*tmux\b/.test(command) && command.includes(folder) && command.includes('start-server');

const bytesIn = (folder: string): number =>
  sum(namesIn(folder, { recursive: true }).map((name) => sizeOf(join(folder, name))));

const sum = (values: readonly number[]): number => values.reduce((all, value) => all + value, 0);

/** Empty for a folder that is gone: files may go while they are looked at. */
function namesIn(folder: string, { recursive = false } = {}): string[] {
  try {
    return readdirSync(folder, { recursive, encoding: 'utf8' });
  } catch {
    return [];
  }
}

const sizeOf = (path: string): number => {
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat?.isFile() ? stat.size : 0;
};

function readOrEmpty(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
