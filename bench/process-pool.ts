import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';

/** Processes of one script (see `answering`) that start to work at the same moment. */
export class ProcessPool<Question, Answer> {
  readonly #members: ChildProcess[];

  private constructor(members: ChildProcess[]) {
    this.#members = members;
  }

  /** Bundles the script once into `folder`: compiling it in each process would take longer than the measured work. */
  static async of<Question, Answer>(script: URL, count: number, folder: string) {
    const bundle = join(folder, 'pool.cjs');
    buildSync({
      entryPoints: [fileURLToPath(script)],
      outfile: bundle,
      bundle: true,
      platform: 'node',
      format: 'cjs',
      external: ['better-sqlite3'],
      logLevel: 'error',
    });
    const env = { ...process.env, NODE_PATH: fileURLToPath(new URL('../node_modules', import.meta.url)) };
    const members = Array.from({ length: count }, () => fork(bundle, [], { env, execArgv: [] }));
    await Promise.all(members.map((member) => once(member, 'message')));
    return new ProcessPool<Question, Answer>(members);
  }

  /** Sends a question to every process; all of them answer from the same moment on. */
  async askAll(question: (member: number) => Question): Promise<Answer[]> {
    const at = Date.now() + 100;
    return Promise.all(
      this.#members.map(async (member, index) => {
        const answered = once(member, 'message');
        member.send({ question: question(index), at });
        const [{ result, error }] = (await answered) as [{ result: Answer; error?: string }];
        if (error !== undefined) throw new Error(`process ${member.pid}: ${error}`);
        return result;
      }),
    );
  }

  end(): void {
    for (const member of this.#members) member.kill();
  }
}
