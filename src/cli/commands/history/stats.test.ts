import assert from 'node:assert/strict';
import { text } from 'node:stream/consumers';
import { describe, it } from 'node:test';
import stringWidth from 'string-width';
import type { Stats } from '../../../workers/queries/stats/shape.ts';
import { ledgerHome } from '../../testing/ledger-home.ts';
import { ended, run, start } from '../../testing/run.ts';

const history = () => ledgerHome('question-answered');

describe('agentpool stats', () => {
  it('reports the work done as one JSON object', async () => {
    const { code, json } = await run(await history(), [
      'stats',
      '--since',
      'all',
      '--include-fakes',
      '--json',
    ]);
    assert.equal(code, 0);
    const reported = json<Stats>();
    assert.equal(reported.schema_version, 'stats/v1');
    assert.equal(reported.sessions?.total, 1);
    assert.equal(reported.sessions?.spawned, 1);
    assert.equal(reported.parallelism?.peak_concurrent, 1);
    assert.ok((reported.parallelism?.sum_worker_hours ?? 0) >= 0);
    assert.equal(
      reported.days?.reduce((sum, { spawned }) => sum + spawned, 0),
      1,
    );
  });

  it('leaves out fake agents, and says how to count them', async () => {
    const { json } = await run(await history(), ['stats', '--since', 'all', '--json']);
    const { sessions, data_quality } = json<Stats>();
    assert.equal(sessions?.total, 0);
    assert.match(
      data_quality.map(({ note }) => note).join(),
      /^(?=.*1 worker of fake agents).*--include-fakes/,
    );
    const named = await run(await history(), [
      'stats',
      '--since',
      'all',
      '--provider',
      'fake-question',
      '--json',
    ]);
    assert.equal(named.json<Stats>().sessions?.total, 1);
  });

  it('gives the same answer on the fast path, in a separate process', async () => {
    const home = await history();
    const words = ['stats', '--since', '2026-01-01/2026-01-02', '--json'];
    const child = start(home, words);
    const printed = child.stdout ? await text(child.stdout) : '';
    assert.equal(await ended(child), 0);
    const { generated_at: _, ...quick } = JSON.parse(printed) as Stats;
    const { generated_at: __, ...long } = (await run(home, words)).json<Stats>();
    assert.deepEqual(quick, long);
  });

  it('counts only workers that the caller has spawned, with --scope mine', async () => {
    const home = await history();
    process.env.AGENTPOOL_COORDINATOR_ID = 'somebody-else';
    try {
      const { json } = await run(home, ['stats', '--since', 'all', '--scope', 'mine', '--json']);
      assert.equal(json<Stats>().sessions?.total, 0);
    } finally {
      delete process.env.AGENTPOOL_COORDINATOR_ID;
    }
  });

  it('names an unknown section, scope or window', async () => {
    const home = await ledgerHome();
    const code = async (...words: string[]) => {
      const { code: exit, json } = await run(home, ['stats', ...words, '--json']);
      assert.equal(exit, 2);
      return json<{ error: { code: string } }>().error.code;
    };
    assert.equal(await code('--since', 'bogus'), 'INVALID_WINDOW');
    assert.equal(await code('--scope', 'theirs'), 'INVALID_SCOPE');
    assert.equal(await code('--sections', 'sessions,wall'), 'INVALID_SECTION');
  });

  it('fits 80 columns, and suggests a first step if nothing was done', async () => {
    for (const home of [await history(), await ledgerHome()]) {
      const { stdout, code } = await run(home, ['stats', '--since', 'all']);
      assert.equal(code, 0);
      for (const line of stdout.split('\n')) assert.ok(stringWidth(line) <= 80, line);
      assert.match(stdout, /next\n {2}agentpool /);
    }
  });

  it('prints one figure per line for grep and cut', async () => {
    const { stdout } = await run(await history(), ['stats', '--since', 'all', '--include-fakes', '--plain']);
    assert.match(stdout, /^sessions\.total\t1$/m);
    for (const line of stdout.trimEnd().split('\n')) assert.match(line, /^[\w.-]+\t[^\t]*$/);
  });
});
