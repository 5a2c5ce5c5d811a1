import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { until } from '../../../../lib/testing/until.ts';
import { Home } from '../../../testing/home.ts';
import type { GcReport } from '../schema.ts';

/** Commits a file in a worktree, as its worker would. */
export const commit = (path: string, file = 'made.txt') => {
  writeFileSync(join(path, file), `by a worker in ${file}\n`);
  const author = ['-c', 'user.name=W', '-c', 'user.email=w@example.invalid'];
  execFileSync('git', ['add', '.'], { cwd: path });
  execFileSync('git', [...author, 'commit', '--quiet', '--message', 'made'], { cwd: path });
};

/** A home with workers that have ended; a second is old enough for gc. */
export class Ground extends Home {
  constructor(config: Record<string, unknown> = {}) {
    super({
      config: {
        policy: {
          max_parallel_sessions: 20,
          allow_shared_repo_edits: true,
          require_worktree_for_edits: false,
        },
        ...config,
      },
    });
  }

  artifactsOf = (id: string) => join(this.folder, 'artifacts', id);

  async worker(...options: string[]): Promise<{ id: string; tree: string; branch: string }> {
    const words = options.length > 0 ? options : ['--isolation', 'worktree', '--role', 'implementer'];
    const id = await this.spawn('fake-idle', ...words);
    await this.reaches(id, 'IDLE');
    const { worktree_path, worktree_branch } = this.session(id);
    return { id, tree: worktree_path ?? '', branch: worktree_branch ?? '' };
  }

  /** Ends a worker, with its work collected before; waits until it is a second old. */
  async over(id: string, { collects = true } = {}): Promise<void> {
    if (collects) await this.json(['collect', id]);
    await this.json(['terminate', id]);
    const goneAt = Date.parse(this.session(id).gone_at ?? '');
    await until('a second', () => Date.now() - goneAt > 1050);
  }

  gc = (...words: string[]): Promise<GcReport> => this.json(['gc', '--older-than', '1s', ...words]);

  /** What of this worker goes, and why the rest stays. */
  async gcOf(id: string, ...words: string[]): Promise<{ removed: string[]; kept: string[] }> {
    const { removed, kept } = await this.gc(...words);
    return {
      removed: removed.filter((each) => each.session_id === id).map(({ what }) => what),
      kept: kept.filter((each) => each.session_id === id).map(({ what, code }) => `${what} ${code}`),
    };
  }
}
