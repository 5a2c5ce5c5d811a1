import assert from 'node:assert/strict';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { temporaryFolder } from '../testing/processes.ts';
import { filesBelow } from './below.ts';

describe('the files below a folder', () => {
  const isWanted = (name: string) => name.endsWith('.log');

  it('are found in linked folders, each once by its real path, and not for ever', () => {
    const ground = temporaryFolder();
    const make = (path: string) => {
      mkdirSync(join(ground, path, '..'), { recursive: true });
      writeFileSync(join(ground, path), '');
    };
    for (const path of ['logs/b/1.log', 'logs/b/2.txt', 'logs/z.log', 'far/3.log']) make(path);
    symlinkSync('../far', join(ground, 'logs/a'));
    symlinkSync('..', join(ground, 'logs/b/up'));
    symlinkSync('../far/3.log', join(ground, 'logs/0.log'));
    const found = (isNested: boolean) =>
      filesBelow([join(ground, 'logs'), join(ground, 'logs/b'), join(ground, 'none')], {
        isNested,
        isWanted,
      });
    const names = (isNested: boolean) =>
      found(isNested).files.map(({ path }) => path.slice(ground.length + 1));
    assert.deepEqual(names(true), ['far/3.log', 'logs/b/1.log', 'logs/z.log']);
    assert.deepEqual(names(false), ['far/3.log', 'logs/b/1.log', 'logs/z.log']);
    assert.deepEqual(found(true).unread, []);
  });
});
