import { readdirSync } from 'node:fs';
import { fileText } from '../files/file-text.ts';

/** Identifies a process uniquely: a pid is reused, a pid with its start time is not. */
export interface ProcessIdentity {
  pid: number;
  /** The start time in the format of the system. Compare it, do not parse it. */
  started: string;
}

export interface ProcessEntry extends ProcessIdentity {
  parent: number;
  /** The command line, separated by blanks. Not redacted. */
  command: string;
  /** A zombie: already dead, but not reaped by its parent. */
  zombie: boolean;
}

export const hasProc = process.platform === 'linux';
let boot: string | undefined;

/** One process, or null if it is gone. Spawns no process on Linux. */
export function processEntry(pid: number): ProcessEntry | null {
  if (!Number.isInteger(pid) || pid <= 0) return null;
  return hasProc ? fromProc(pid) : (psEntries(['-p', String(pid)])[0] ?? null);
}

/**
 * Whether a process runs, for a check that is repeated: it reads one file, and starts no process anywhere. A zombie does
 * not run, where the system says so.
 */
export function isRunning(pid: number): boolean {
  if (hasProc) return /\) [^ZX] /.test(readOrEmpty(`/proc/${pid}/stat`));
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/**
 * Whether a process waits for something, such as input, or is gone. A stopped one has work left. True also where the system
 * does not say.
 */
export const isIdle = (pid: number): boolean =>
  !hasProc || !/\) [^SIZX] /.test(readOrEmpty(`/proc/${pid}/stat`));

/** Bytes of a process in memory; null if it is gone. */
export function residentBytes(pid: number): number | null {
  const kibibytes = hasProc
    ? /^VmRSS:\s+(\d+)/m.exec(readOrEmpty(`/proc/${pid}/status`))?.[1]
    : ps(['-o', 'rss=', '-p', String(pid)])[0];
  return kibibytes === undefined ? null : Number(kibibytes) * 1024;
}

/** Every process visible to this user. */
export const processTable = (): ProcessEntry[] => processTree().map(withCommand);

/** The same without the commands: on Linux, each is a file of its own. */
export function processTree(): Omit<ProcessEntry, 'command'>[] {
  if (!hasProc) return psEntries(['-A']);
  return pidsInProc().flatMap((pid) => statOf(pid) ?? []);
}

/** A process of the tree with its command. */
export function withCommand(entry: Omit<ProcessEntry, 'command'> & { command?: string }): ProcessEntry {
  return { ...entry, command: entry.command ?? commandOf(entry.pid) };
}

/** Reads the environment of a process, as NAME=value. */
export type ReadEnvironment = (pid: number) => readonly string[];

/** The environments as they are now, each read once: a search asks for them more than once. */
export function environmentsNow(): ReadEnvironment {
  const known = new Map<number, readonly string[]>();
  return (pid) => {
    const read = known.get(pid) ?? environment(pid);
    known.set(pid, read);
    return read;
  };
}

/** The pids of this user's processes with this environment variable, even if reparented. */
export function pidsWithVariable(
  name: string,
  value: string,
  read: ReadEnvironment = environment,
): Set<number> {
  const wanted = `${name}=${value}`;
  if (hasProc) return new Set(pidsInProc().filter((pid) => read(pid).includes(wanted)));
  const listed = ps(['-A', '-E', '-ww', '-o', 'pid=,command=']).filter((line) =>
    ` ${line} `.includes(` ${wanted} `),
  );
  return new Set(listed.map((line) => Number.parseInt(line, 10)));
}

/** The value of this environment variable in each of this user's processes that has it, with that of a second one. */
export function processesWithVariable(
  name: string,
  second: string,
): { pid: number; value: string; second: string | null }[] {
  const found: { pid: number; value: string; second: string | null }[] = [];
  const add = (pid: number, read: (wanted: string) => string | null) => {
    const value = read(name);
    if (value !== null) found.push({ pid, value, second: read(second) });
  };
  if (hasProc) {
    for (const pid of pidsInProc()) {
      const variables = environment(pid);
      add(
        pid,
        (wanted) => variables.find((each) => each.startsWith(`${wanted}=`))?.slice(wanted.length + 1) ?? null,
      );
    }
    return found;
  }
  for (const line of ps(['-A', '-E', '-ww', '-o', 'pid=,command=']))
    add(Number.parseInt(line, 10), (wanted) => new RegExp(` ${wanted}=(\\S*)`).exec(line)?.[1] ?? null);
  return found;
}

export const pidsInProc = (): number[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);

function fromProc(pid: number): ProcessEntry | null {
  const stat = statOf(pid);
  return stat && withCommand(stat);
}

function statOf(pid: number): Omit<ProcessEntry, 'command'> | null {
  const rest = /\(.*\) (.*)/s.exec(readOrEmpty(`/proc/${pid}/stat`))?.[1];
  if (rest === undefined) return null;
  // Fields after the name, which may contain blanks and brackets: state, parent, ..., start time.
  const fields = rest.split(' ');
  boot ??= readOrEmpty('/proc/sys/kernel/random/boot_id').trim();
  return {
    pid,
    started: `${fields[19]}@${boot}`,
    parent: Number(fields[1]),
    zombie: fields[0] === 'Z' || fields[0] === 'X',
  };
}

/** The command line; of a process without one, its name in brackets. */
function commandOf(pid: number): string {
  const command = readOrEmpty(`/proc/${pid}/cmdline`).replace(/\0+$/, '').replaceAll('\0', ' ');
  return command || `[${/\((.*)\)/s.exec(readOrEmpty(`/proc/${pid}/stat`))?.[1] ?? ''}]`;
}

/** Ticks of the start times in /proc per second: the same on every Linux that Node runs on. */
const TICKS = 100;

/**
 * How long a process has been running, in milliseconds, whatever the clock was set to meanwhile; null if the system
 * does not record that.
 */
export function ageOf({ started }: Pick<ProcessIdentity, 'started'>): number | null {
  if (!hasProc) return null;
  // Compared with the start of this process: the uptime of a container is not that of the machine.
  const own = fromProc(process.pid)?.started ?? '';
  const [ticks = '', machine] = started.split('@');
  const [ownTicks = '', ownMachine] = own.split('@');
  if (machine !== ownMachine || ticks === '' || ownTicks === '') return null;
  return process.uptime() * 1000 + ((Number(ownTicks) - Number(ticks)) * 1000) / TICKS;
}

export const environment = (pid: number): string[] => readOrEmpty(`/proc/${pid}/environ`).split('\0');

/** Empty for a process that is gone or belongs to another user. */
const readOrEmpty = (path: string): string => fileText(path) ?? '';

/** The controlling terminal of a process, such as /dev/pts/3; null if it has none. */
export function terminalOf(pid: number): string | null {
  if (hasProc) {
    const [, rest = ''] = /\(.*\) (.*)/s.exec(readOrEmpty(`/proc/${pid}/stat`)) ?? [];
    return terminalNumbered(Number(rest.split(' ')[4]));
  }
  const [name] = ps(['-p', String(pid), '-o', 'tty=']).map((line) => line.trim());
  return name && !name.startsWith('?') ? `/dev/${name}` : null;
}

/** Linux device majors: 136 to 143 are pseudo terminals, 4 is the consoles. */
function terminalNumbered(device: number): string | null {
  const major = (device >> 8) & 0xfff;
  const minor = (device & 0xff) | ((device >> 12) & 0xfff00);
  if (major >= 136 && major <= 143) return `/dev/pts/${(major - 136) * 256 + minor}`;
  return major === 4 ? `/dev/tty${minor}` : null;
}

function psEntries(which: string[]): ProcessEntry[] {
  // lstart is five words: Mon Nov 23 03:46:08 2026
  const pattern = /^\s*(\d+)\s+(\d+)\s+(\S+)\s+(\S+ +\S+ +\S+ +\S+ +\S+)\s+(.*)$/;
  return ps([...which, '-ww', '-o', 'pid=,ppid=,state=,lstart=,command=']).flatMap((line) => {
    const [, pid, parent, state = '', started = '', command = ''] = pattern.exec(line) ?? [];
    if (pid === undefined) return [];
    return { pid: Number(pid), started, parent: Number(parent), command, zombie: state.startsWith('Z') };
  });
}

function ps(args: string[]): string[] {
  try {
    const env = { LC_ALL: 'C' };
    // Imported on demand: with /proc, a query must not pay for loading it.
    const { execFileSync } = process.getBuiltinModule('node:child_process');
    return execFileSync('/bin/ps', args, {
      encoding: 'utf8',
      env,
      maxBuffer: 64 << 20,
      stdio: ['ignore', 'pipe', 'ignore'],
    })
      .split('\n')
      .filter(Boolean);
  } catch {
    // ps fails if the only requested process is gone.
    return [];
  }
}
