import { once } from 'node:events';
import { join } from 'node:path';
import { packageRoot } from '../../lib/package-root.ts';
import { start } from '../../lib/process/start.ts';
import type { Ground } from './ground.ts';

/**
 * Sees to it that nothing of a throw-away place is left, even if this process is killed: `leave` ends all that runs in
 * it and removes it, and so does a process that waits for the end of this one.
 */
export function guard({ folder }: Ground, path: string | undefined): { leave(): Promise<void> } {
  const child = start(process.execPath, [join(packageRoot(), 'dist', 'sweeper.js'), folder, path ?? ''], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
    cwd: '/',
    env: { PATH: path },
  });
  const ended = once(child, 'close').catch(() => {});
  child.stdin.on('error', () => {});
  child.unref();
  return {
    async leave() {
      child.ref();
      child.stdin.end();
      await ended;
    },
  };
}
