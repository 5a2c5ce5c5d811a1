import { existsSync, lstatSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import Type, { type Static } from 'typebox';
import { isWithin } from '../../../lib/files/within.ts';
import { processesWithVariable } from '../../../lib/process/process-table.ts';
import { endProcesses, type ProcessIdentity, workerProcesses } from '../../../lib/process/processes.ts';
import { heldFolders, strayFolders } from '../../../lib/process/strays.ts';
import { flag, noted, nullable, text } from '../../../lib/shapes.ts';
import { counted } from '../../../lib/text/counted.ts';
import { shell, shellLine } from '../../../lib/text/shell.ts';
import { sharesFolder } from '../../../projections/sessions/lineage.ts';
import { type SessionRow, sessionById } from '../../../projections/sessions/queries.ts';
import { serversFolder } from '../../../terminal/tmux/places.ts';
import { leftPrivateGits } from '../../../workspace/git/private-git.ts';
import { entriesOf } from '../../../workspace/worktrees/remains.ts';
import { repositoryOf } from '../../../workspace/worktrees/worktrees.ts';
import type { AppContext } from '../../core/context.ts';
import { doubtful, type Finding } from '../../core/setup/finding.ts';
import { endLeftovers, terminateWorker } from './terminate.ts';

export const Repair = Type.Object(
  {
    check: text,
    found: text,
    done: noted(text, 'What was done; with `dry_run`, what would be done.'),
    next: noted(nullable(text), 'How to undo it, or how to go on.'),
    dry_run: flag,
  },
  { title: 'Repair' },
);
export type Repair = Static<typeof Repair>;

/** Something that a worker has left behind, and what `doctor --fix` does about it. */
export interface Orphan {
  check: string;
  found: string;
  /** What the repair does, in the infinitive; null for what is not surely ours. */
  repair: string | null;
  next: string | null;
  /** Commands for a person, where nothing is repaired. */
  byHand: string[];
  fix(): Promise<void>;
}

/**
 * What workers have left behind: processes and terminals of workers that the ledger calls ended or does not know,
 * private git folders of killed commands, worktrees that have lost their link to the repository. Changes nothing.
 */
export async function findOrphans(app: AppContext): Promise<Orphan[]> {
  // Before the ledger is read: a spawn records its intent before it starts anything.
  const running = await runningWorkers(app);
  const orphans: Orphan[] = [];
  for (const id of running) {
    const session = sessionById(app.ledger, id);
    if (!session) orphans.push(...unknownWorker(app, id));
    else if (session.alive === 0) orphans.push(...endedWorker(app, session));
  }
  orphans.push(...privateGits(app));
  orphans.push(...(await cutWorktrees(app)));
  return orphans;
}

export const orphanFinding = ({ check, found, repair, byHand }: Orphan): Finding =>
  doubtful(check, found, ...(repair === null ? byHand : ['agentpool doctor --fix', ...byHand]));

/** Repairs what is surely ours; with `dryRun` only says what would be done. */
export async function repairOrphans(
  orphans: readonly Orphan[],
  { dryRun }: { dryRun: boolean },
): Promise<Repair[]> {
  const repairs: Repair[] = [];
  for (const { check, found, repair, next, byHand, fix } of orphans) {
    if (repair !== null && !dryRun) await fix();
    const done = repair ?? 'nothing: it is not surely ours';
    repairs.push({ check, found, done, next: next ?? byHand[0] ?? null, dry_run: dryRun });
  }
  return repairs;
}

/** The ids of workers of this home that have processes or a terminal. */
export async function runningWorkers(app: AppContext): Promise<Set<string>> {
  const marked = processesWithVariable('AGENTPOOL_SESSION_ID', 'AGENTPOOL_HOME');
  const ours = marked.filter(
    ({ second }) => resolve(second ?? join(app.env.HOME || homedir(), '.agentpool')) === resolve(app.home),
  );
  const listening = await Promise.all(
    app.tmux.all().map(async (server) => ((await server.isListening()) ? basename(server.folder) : null)),
  );
  const servers = serversFolder(app.home);
  const holding = heldFolders().flatMap((folder) => (dirname(folder) === servers ? basename(folder) : []));
  const ids = [...ours.map(({ value }) => value), ...listening.filter((name) => name !== null), ...holding];
  const left = leftRunning(app, new Set(marked.map(({ value }) => value)));
  return new Set([...ids, ...left].filter((id) => /^ap_\w+$/.test(id)));
}

/** Ended workers with processes that carry their id, whatever their AGENTPOOL_HOME, or that work in their worktree. */
function leftRunning(app: AppContext, marked: ReadonlySet<string>): string[] {
  // The processes are read once: a home may have hundreds of ended workers.
  const folders = strayFolders();
  const works = (session: SessionRow, path: string) =>
    folders.some((folder) => isWithin(folder, path)) && !sharesFolder(app.ledger, session);
  return app.ledger
    .all<SessionRow>(ENDED_WITH_WORKTREE)
    .filter((session) => {
      const { id, worktree_path: path } = session;
      return path !== null && (marked.has(id) || works(session, path)) && existsSync(path);
    })
    .map(({ id }) => id);
}

const ENDED_WITH_WORKTREE =
  'SELECT * FROM sessions WHERE alive = 0 AND worktree_path IS NOT NULL AND worktree_removed_at IS NULL';

const processesOf = (app: AppContext, session: SessionRow) =>
  workerProcesses({
    sessionId: session.id,
    root: null,
    folder: sharesFolder(app.ledger, session) ? null : session.worktree_path,
    held: app.tmux.newFor(session.id).folder,
  });

function endedWorker(app: AppContext, session: SessionRow): Orphan[] {
  const processes = processesOf(app, session);
  const { id, state } = session;
  const what =
    processes.length > 0 ? `${counted(processes.length, 'process')} (${pids(processes)})` : 'a terminal';
  return [
    {
      check: 'orphans',
      found: `${id} has ended (${state}), but ${what} of it still run${processes.length === 1 ? 's' : ''}`,
      repair: `end ${what}`,
      next: shell`agentpool session show ${id}`,
      byHand: [shell`agentpool terminate ${id}`],
      fix: async () => {
        if (state === 'LOST') await endLeftovers(app, session);
        else await terminateWorker(app, session);
      },
    },
  ];
}

/** Its files in our folder of artifacts show that this ledger knew it: another config could name another ledger. */
function unknownWorker(app: AppContext, id: string): Orphan[] {
  const server = app.tmux.of(id);
  const find = (known: readonly ProcessIdentity[] = []) =>
    workerProcesses({ sessionId: id, root: null, known, held: app.tmux.newFor(id).folder });
  const processes = find();
  const files = join(app.paths.artifacts, id);
  const attach = shellLine(server.attachCommand(`${app.config.runtime.tmux.session_prefix}-${id}`));
  const what = processes.length > 0 ? pids(processes) : 'its terminal';
  const isOurs = existsSync(files);
  return [
    {
      check: 'orphans',
      found: `${id} runs (${what}), but the ledger does not know it: the ledger was replaced, or is not the one that it was spawned with`,
      repair: isOurs
        ? `end ${id} (${what}) and its terminal; its files in ${files} and its worktree stay`
        : null,
      next: isOurs ? shell`ls ${files}` : null,
      byHand: [attach],
      fix: async () => {
        await endProcesses(find, { graceMs: 1500 });
        await server.killSession(`${app.config.runtime.tmux.session_prefix}-${id}`);
      },
    },
  ];
}

const pids = (processes: readonly { pid: number }[]): string =>
  processes.length > 8
    ? `pids ${processes
        .slice(0, 8)
        .map(({ pid }) => pid)
        .join(', ')}, …`
    : `pid ${processes.map(({ pid }) => pid).join(', ')}`;

function privateGits(app: AppContext): Orphan[] {
  const root = app.paths.artifacts;
  const folders = existsSync(root)
    ? readdirSync(root, { withFileTypes: true })
        .filter((entry) => entry.isDirectory())
        .flatMap(({ name }) => leftPrivateGits(join(root, name)))
    : [];
  return folders.map((folder) => ({
    check: 'leftovers',
    found: `${folder} was left by a command that was killed; it may hold files of a worker, unredacted`,
    repair: `remove ${folder}`,
    next: shell`agentpool collect ${basename(dirname(folder))}`,
    byHand: [],
    fix: async () => rmSync(folder, { recursive: true, force: true }),
  }));
}

/** Worktrees of ended workers in which git finds no repository, or another one, because the worker has removed `.git`. */
async function cutWorktrees(app: AppContext): Promise<Orphan[]> {
  const found = await Promise.all(app.ledger.all<SessionRow>(ENDED_WITH_WORKTREE).map(cutWorktree));
  return found.flat();
}

async function cutWorktree({ id, repo_path, worktree_path, worktree_branch }: SessionRow): Promise<Orphan[]> {
  if (worktree_path === null || worktree_branch === null || !existsSync(worktree_path)) return [];
  const repository = await repositoryOf(repo_path).catch(() => null);
  if (!repository) return [];
  const place = { path: worktree_path, branch: worktree_branch, common_dir: repository.common_dir };
  const [entry] = await entriesOf(place);
  const link = join(worktree_path, '.git');
  const stats = lstatSync(link, { throwIfNoEntry: false });
  if (entry === undefined) return [];
  const linked = `gitdir: ${entry}\n`;
  if (stats?.isFile() && readFileSync(link, 'utf8').trim() === linked.trim()) return [];
  const aside = freeName(`${worktree_path}.git-of-worker`);
  const what = !stats
    ? 'has no .git any more'
    : stats.isDirectory()
      ? 'has a repository of its own'
      : 'has another .git';
  return [
    {
      check: 'worktrees',
      found: `${worktree_path} (${id}) ${what}: a cleanup cannot know what is unsaved in it`,
      repair: `${stats ? `move its .git to ${aside} and ` : ''}link it to its repository again`,
      next: stats
        ? shell`rm ${link} && mv ${aside} ${link}`
        : shell`agentpool worktrees cleanup ${id} --dry-run`,
      byHand: [],
      fix: async () => {
        if (stats) renameSync(link, aside);
        writeFileSync(link, linked, { flag: 'wx' });
      },
    },
  ];
}

function freeName(path: string): string {
  for (let count = 1; ; count++) {
    const name = count === 1 ? path : `${path}-${count}`;
    if (!existsSync(name)) return name;
  }
}
