import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { FakeCodex } from '../../../fixtures/usage/fake-codex.ts';
import { until } from '../../lib/testing/until.ts';
import { CLAUDE, claudeAnswer } from '../../usage/tokens/testing/logs.ts';
import { Home } from '../testing/home.ts';

/** A home whose Codex has other limits in each of two logins, and writes down in which one it works. */
function twoLogins() {
  const home = new Home({ folder: 'user/.agentpool' });
  const own = new FakeCodex(join(home.ground, 'own')).uses(20, 40);
  const work = new FakeCodex(join(home.ground, 'work')).uses(100, 100);
  const bin = join(home.ground, 'bin');
  const seen = join(home.ground, 'seen');
  mkdirSync(bin);
  writeFileSync(
    join(bin, 'codex'),
    `#!/bin/sh
[ -z "$AGENTPOOL_SESSION_ID" ] || { echo "$CODEX_HOME $OPENAI_API_KEY" >> '${seen}'; exec cat; }
case "$CODEX_HOME" in
  *accounts*) exec '${work.bin}/codex' "$@" ;;
  *) exec '${own.bin}/codex' "$@" ;;
esac
`,
    { mode: 0o755 },
  );
  home.env.PATH = `${bin}:${home.env.PATH}`;
  const places = () => until('the worker', () => readFileSync(seen, { encoding: 'utf8', flag: 'a+' }).trim());
  return { home, own, work, places };
}

describe('two accounts of one agent', () => {
  it('have limits of their own, and a worker works in the one that the caller named', async () => {
    const { home, places } = twoLogins();
    const added = await home.json(['accounts', 'add', 'codex', 'work']);
    assert.equal(added.key, 'codex-cli@work');
    const { providers } = await home.json(['usage-summary', '--refresh', '--provider', 'codex']);
    const left = (key: string) => [providers[key].usable, providers[key].windows[0].remaining_percent];
    assert.deepEqual(Object.keys(providers), ['codex-cli', 'codex-cli@work']);
    assert.deepEqual(
      [left('codex-cli'), left('codex-cli@work')],
      [
        [true, 60],
        [false, 0],
      ],
    );
    assert.match((await home.run(['usage-summary'])).stdout, /NOT NOW +codex-cli@work/);
    for (const words of [
      ['--provider', 'codex@work'],
      ['--provider', 'codex', '--account', 'work'],
    ]) {
      const refused = await home.run(['spawn', ...words, '--task', 'Look', '--json']);
      assert.equal(JSON.parse(refused.stdout).error.code, 'POLICY_BLOCKED');
    }
    const env = { OPENAI_API_KEY: 'made-up' };
    const { session } = await home.json(['spawn', '--provider', 'codex', '--task', 'Look'], { env });
    assert.equal(session.account, null);
    assert.equal(await places(), 'made-up');
  });

  it('start their workers in their own folder, with no key of the caller', async () => {
    const { home, work, places } = twoLogins();
    work.uses(10, 10);
    const { folder } = await home.json(['accounts', 'add', 'codex', 'work']);
    const env = { OPENAI_API_KEY: 'made-up' };
    const { session } = await home.json(['spawn', '--provider', 'codex@work', '--task', 'Look'], { env });
    assert.deepEqual([session.provider_id, session.account], ['codex-cli', 'work']);
    assert.equal(await places(), folder);
    const { sessions } = await home.json(['sessions']);
    assert.deepEqual([sessions[0].provider_id, sessions[0].account], ['codex-cli', 'work']);
    const totals = async (...words: string[]) => (await home.json(['stats', ...words])).sessions;
    assert.deepEqual((await totals()).by_provider, { 'codex-cli@work': 1 });
    for (const [name, total] of [
      ['codex', 1],
      ['codex@work', 1],
      ['codex@default', 0],
    ] as const)
      assert.equal((await totals('--provider', name)).total, total, name);
  });

  it('have their tokens counted apart', async () => {
    const home = new Home({ folder: 'user/.agentpool' });
    const { folder } = await home.json(['accounts', 'add', 'claude', 'work']);
    const now = { timestamp: new Date().toISOString() };
    for (const [place, id, output] of [
      [join(home.ground, 'user', CLAUDE), 'm1', 10],
      [join(folder, 'projects', 'shop', 's.jsonl'), 'm2', 70],
    ] as const) {
      mkdirSync(join(place, '..'), { recursive: true });
      writeFileSync(place, `${JSON.stringify(claudeAnswer(id, output, now))}\n`);
    }
    const { rows, totals } = await home.json(['tokens', '--by', 'model']);
    assert.deepEqual(
      rows.map((row: { provider_id: string; output: number }) => [row.provider_id, row.output]).sort(),
      [
        ['claude-code', 10],
        ['claude-code@work', 70],
      ],
    );
    assert.equal(totals.output, 80);
    const only = await home.json(['tokens', '--by', 'model', '--provider', 'claude@work']);
    assert.equal(only.totals.output, 70);
  });

  it('are listed with their sign-in and their folder, and their login is printed, not run', async () => {
    const { home } = twoLogins();
    await home.json(['accounts', 'add', 'codex', 'work']);
    const { accounts } = await home.json(['accounts', 'list']);
    const of = (key: string) => accounts.find((account: { key: string }) => account.key === key);
    assert.deepEqual([of('codex-cli').auth.status, of('codex-cli').folder], ['authenticated', null]);
    assert.equal(of('codex-cli@work').auth.status, 'authenticated');
    const { command, folder } = await home.json(['accounts', 'login', 'codex@work']);
    assert.equal(command, `CODEX_HOME=${folder} codex login`);
    const { providers } = await home.json(['inventory']);
    const codex = providers.find(({ id }: { id: string }) => id === 'codex-cli');
    assert.deepEqual(
      codex.accounts.map(({ name }: { name: string }) => name),
      ['work'],
    );
  });

  it('that nobody has are refused, with what to type', async () => {
    const { home } = twoLogins();
    for (const words of ['spawn --provider codex@wrok --task Look', 'usage --provider codex@wrok']) {
      const { stdout } = await home.run([...words.split(' '), '--json']);
      const { error } = JSON.parse(stdout);
      assert.deepEqual(
        [error.code, error.details.example],
        ['ACCOUNT_NOT_FOUND', 'agentpool accounts add codex-cli wrok'],
      );
    }
    const invalid = await home.run(['accounts', 'add', 'codex', 'Wo rk', '--json']);
    assert.equal(JSON.parse(invalid.stdout).error.code, 'INVALID_REQUEST');
  });
});
