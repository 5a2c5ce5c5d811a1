import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Script } from 'node:vm';
import { buildId } from './build-id.ts';

/** What a CommonJS file exports. */
type Exports = Record<string, unknown>;

/** How many builds of a bundle may have their compiled code in one folder: several versions can share a home. */
const KEPT = 3;
/** After so many milliseconds a process is no short command. */
const LONG_MS = 2000;
const HEAD = '(function (exports, require, module, __filename, __dirname) { ';
const TAIL = '\n})';

const loaded = new Map<string, { exports: Exports }>();
const compiled: { script: Script; cache: string }[] = [];
let folder: string | null = null;
/** What the folder was in from the beginning; null if it was in nothing. */
let place: string | null = null;

/** From now on `loadBundle` reads compiled code from this folder, and writes there what it had to compile. */
export function cacheCompiledCode(of: string): void {
  if (folder === null) process.once('exit', keep);
  folder = of;
  place = [dirname(of), dirname(dirname(of))].find((each) => existsSync(each)) ?? null;
}

/**
 * Loads another bundle of this build, as `require` does. The build calls it wherever a bundle refers to another one:
 * compiling takes a third of the time of a short command, and Node caches compiled code by itself from version 22 on.
 */
export function loadBundle(file: string): Exports {
  const known = loaded.get(file);
  if (known) return known.exports;
  const require = createRequire(file);
  if (folder === null) return require(file);
  const module: { exports: Exports } = { exports: {} };
  loaded.set(file, module);
  try {
    const run = compile(file, folder).runInThisContext();
    run.call(module.exports, module.exports, require, module, file, dirname(file));
  } catch (error) {
    loaded.delete(file);
    throw error;
  }
  return module.exports;
}

/** Imports an ES module by its path: code that was compiled ahead has no import() of its own. */
export const importModule = (file: string): Promise<Exports> => import(pathToFileURL(file).href);

function compile(file: string, home: string): Script {
  // V8 compares little more than the length of the source.
  const cache = join(home, `${basename(file)}-${process.version}-${process.arch}-${buildId}`);
  const cachedData = read(cache);
  const script = new Script(`${HEAD}${readFileSync(file, 'utf8')}${TAIL}`, {
    filename: file,
    columnOffset: -HEAD.length,
    ...(cachedData ? { cachedData } : {}),
  });
  if (!cachedData || script.cachedDataRejected) {
    if (compiled.push({ script, cache }) === 1) setTimeout(keep, LONG_MS).unref();
  }
  return script;
}

function read(file: string): Buffer | undefined {
  try {
    return readFileSync(file);
  } catch {
    return undefined;
  }
}

/**
 * Writes what was compiled: at the exit, when the functions that the command has called are compiled too; earlier in a
 * process that runs for long and may be killed. A home that was moved away meanwhile is not made again.
 */
function keep(): void {
  if (place !== null && !existsSync(place)) return;
  for (const { script, cache } of compiled.splice(0)) {
    try {
      write(cache, script.createCachedData());
    } catch {
      // Without space, or in a folder that may not be written: the next start compiles again.
    }
  }
}

function write(cache: string, data: Buffer): void {
  const home = dirname(cache);
  mkdirSync(home, { recursive: true, mode: 0o700 });
  const draft = `${cache}-${process.pid}`;
  try {
    // Flushed: V8 does not check what a power cut has left of it.
    writeFileSync(draft, data, { mode: 0o600, flag: 'wx', flush: true });
    renameSync(draft, cache);
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  }
  const bundle = `${basename(cache).split('-v')[0]}-v`;
  const others = readdirSync(home)
    .filter((name) => name.startsWith(bundle))
    .map((name) => ({ path: join(home, name), age: -statSync(join(home, name)).mtimeMs }))
    .toSorted((a, b) => a.age - b.age);
  for (const { path } of others.slice(KEPT)) rmSync(path, { force: true });
}
