import assert from 'node:assert/strict';
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { packageRoot } from '../package-root.ts';
import { scratchFolder } from '../testing/scratch.ts';
import { run } from './run.ts';

const LOADER = join(packageRoot(), 'dist', 'bundle.js');
const scratch = scratchFolder();
const BUNDLE = `
const { join } = require('node:path');
exports.twice = (n) => 2 * n;
exports.folder = __dirname;
exports.where = () => new Error('here').stack.split('\\n')[1];
`;

describe(
  'loading a bundle',
  { skip: Number.parseInt(process.versions.node, 10) >= 22 && 'Node does it' },
  () => {
    const start = async (folder: string, cache: string, script: string): Promise<string> => {
      const begin = `const { cacheCompiledCode, importModule, loadBundle } = require(${JSON.stringify(LOADER)});
      cacheCompiledCode(${JSON.stringify(cache)});
      const bundle = loadBundle(${JSON.stringify(join(folder, 'part.js'))});`;
      const { code, stdout, stderr } = await run(process.execPath, ['-e', `${begin}\n${script}`], {
        env: process.env,
      });
      assert.equal(code, 0, stderr);
      return stdout.trim();
    };
    const given = () => {
      const folder = mkdtempSync(join(scratch, 'build-'));
      writeFileSync(join(folder, 'part.js'), BUNDLE);
      return { folder, cache: join(folder, 'run', 'compiled') };
    };
    const compiled = (cache: string) => readdirSync(cache).map((name) => join(cache, name));

    it('runs it as require does: its exports, its folder, its places in a trace', async () => {
      const { folder, cache } = given();
      writeFileSync(join(folder, 'module.mjs'), 'export const answer = 42;');
      for (const _ of ['compiled', 'read from the cache']) {
        const told = await start(
          folder,
          cache,
          `importModule(bundle.folder + '/module.mjs').then(({ answer }) => console.log(JSON.stringify([bundle.twice(21), bundle.folder, answer, bundle.where()])))`,
        );
        const [twice, where, answer, trace] = JSON.parse(told);
        assert.deepEqual([twice, where, answer], [42, folder, 42]);
        assert.match(trace, /part\.js:5:23/);
      }
    });

    it('writes nothing where its home was moved away meanwhile', async () => {
      const { folder, cache } = given();
      await start(folder, cache, `require('node:fs').renameSync(bundle.folder, bundle.folder + '-moved')`);
      assert.equal(existsSync(folder), false);
    });

    it('keeps its compiled code for the next start, for its owner alone', async () => {
      const { folder, cache } = given();
      await start(folder, cache, 'bundle.twice(1)');
      const [file = ''] = compiled(cache);
      assert.equal(statSync(file).mode & 0o777, 0o600);
      const before = statSync(file).ino;
      await start(folder, cache, 'bundle.twice(1)');
      assert.equal(statSync(file).ino, before, 'it was read, not written again');
    });

    it('compiles again what is of another V8, empty or no compiled code at all', async () => {
      const { folder, cache } = given();
      await start(folder, cache, '');
      const [file = ''] = compiled(cache);
      for (const damage of ['', 'no compiled code', readFileSync(file).fill(0, 0, 16)]) {
        writeFileSync(file, damage);
        assert.equal(await start(folder, cache, 'console.log(bundle.twice(2))'), '4');
        assert.ok(statSync(file).size > 500);
      }
    });

    it('keeps the newest builds only', async () => {
      const { folder, cache } = given();
      await start(folder, cache, '');
      const [file = ''] = compiled(cache);
      const names = ['a', 'b', 'c', 'd'].map((build) => `${file.slice(0, -16)}${build.repeat(16)}`);
      for (const [age, name] of names.entries()) {
        writeFileSync(name, 'older');
        utimesSync(name, 1_000_000 + age, 1_000_000 + age);
      }
      writeFileSync(file, '');
      await start(folder, cache, '');
      assert.deepEqual(compiled(cache).sort(), [file, ...names.slice(2)].sort());
    });

    it('works without a cache where the folder cannot be made', async () => {
      const { folder } = given();
      writeFileSync(join(folder, 'run'), 'a file');
      const cache = join(folder, 'run', 'compiled');
      assert.equal(await start(folder, cache, 'console.log(bundle.twice(3))'), '6');
      assert.ok(!existsSync(cache));
    });

    it('reports an error of the bundle as its own, each time', async () => {
      const { folder, cache } = given();
      writeFileSync(join(folder, 'part.js'), 'throw new Error("no such thing");');
      const script = `const { loadBundle } = require(${JSON.stringify(LOADER)});
      for (const _ of [1, 2]) try { loadBundle(${JSON.stringify(join(folder, 'part.js'))}); } catch (error) { console.log(error.message); }`;
      const { stdout } = await run(process.execPath, ['-e', script], { env: process.env });
      assert.equal(stdout, 'no such thing\nno such thing');
      assert.ok(!existsSync(cache));
    });
  },
);
