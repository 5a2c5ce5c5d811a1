import assert from 'node:assert/strict';
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { temporaryFolder } from '../testing/processes.ts';
import { until } from '../testing/until.ts';
import { FollowedFiles } from './followed-files.ts';

/** Whether `act` is reported as a change of this path. */
async function reports(followed: { changes: string[] }, path: string, act: () => void): Promise<void> {
  followed.changes.length = 0;
  act();
  await until(`a change of ${path}`, () => followed.changes.includes(path));
}

function follow(pollMs: number, ...paths: string[]) {
  const changes: string[] = [];
  const files = new FollowedFiles((changed) => changes.push(...changed), { pollMs });
  after(() => files.close());
  for (const path of paths) files.add(path);
  return { files, changes };
}

describe('followed files', () => {
  // The short poll is what a file system without notifications has; the long one leaves it to chokidar.
  for (const pollMs of [20, 300]) {
    it(`are reported however an editor saves them, with a poll of ${pollMs} ms`, async () => {
      const folder = temporaryFolder();
      const config = join(folder, 'config.yaml');
      writeFileSync(config, 'one');
      const followed = follow(pollMs, config);
      await reports(followed, config, () => writeFileSync(config, 'two, in place'));
      await reports(followed, config, () => {
        writeFileSync(`${config}.tmp`, 'three, renamed into place');
        renameSync(`${config}.tmp`, config);
      });
      await reports(followed, config, () => {
        renameSync(config, `${config}~`);
        writeFileSync(config, 'four, the old one moved away');
      });
      await reports(followed, config, () => rmSync(config));
      await reports(followed, config, () => writeFileSync(config, 'five, made anew'));
      await reports(followed, config, () => writeFileSync(config, 'six, in place again'));
    });

    it(`are reported in a folder that is created later, with a poll of ${pollMs} ms`, async () => {
      const folder = join(temporaryFolder(), 'detectors');
      const followed = follow(pollMs, folder);
      await reports(followed, folder, () => mkdirSync(folder));
      await reports(followed, folder, () => writeFileSync(join(folder, 'a.yaml'), 'one'));
      await reports(followed, folder, () => writeFileSync(join(folder, 'a.yaml'), 'two more'));
      await reports(followed, folder, () => rmSync(join(folder, 'a.yaml')));
    });
  }

  it('are compared on demand, and reported once', () => {
    const file = join(temporaryFolder(), 'file');
    const { files, changes } = follow(60_000, file);
    writeFileSync(file, 'new');
    files.compare();
    files.compare();
    assert.deepEqual(changes, [file]);
  });

  it('are no longer reported once they are removed', () => {
    const file = join(temporaryFolder(), 'file');
    const { files, changes } = follow(60_000, file);
    files.remove(file);
    writeFileSync(file, 'new');
    files.compare();
    assert.deepEqual(changes, []);
  });
});
