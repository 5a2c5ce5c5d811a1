import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { Home } from '../../../../workers/testing/home.ts';
import { httpsServer, trusting } from '../../../testing/https/server.ts';

const rule = (name: string, line: string) => ({
  name,
  yields: 'working',
  region: 'screen',
  when: [{ line }],
});
const rules = (more: object = {}) =>
  JSON.stringify({ provider: 'mine', rules: [rule('hums', '^humming')], ...more });
const digestOf = (text: string): string => createHash('sha256').update(text).digest('hex');

describe('agentpool detectors update, from a file', () => {
  const app = new Home();
  const file = join(app.ground, 'rules.yaml');
  const judged = async (row: string, provider = 'mine'): Promise<string> => {
    const screen = join(app.ground, 'screen.txt');
    writeFileSync(screen, `${row}\n`);
    return (await app.json(['explain', '--provider', provider, '--screen', screen])).label;
  };
  const update = (...words: string[]) => app.json(['detectors', 'update', ...words]);

  it('shows what would change and takes nothing', async () => {
    writeFileSync(file, rules());
    const shown = await update('--from', file, '--dry-run');
    assert.deepEqual([shown.taken, shown.rules_before, shown.rules_after], [false, 0, 1]);
    assert.match(shown.diff, /^\+ {2}- name: 'hums'$/m);
    assert.equal(shown.sha256, digestOf(rules()));
    assert.equal((await update('--from', file)).error.code, 'INVALID_REQUEST');
    assert.equal(existsSync(join(app.folder, 'detectors')), false);
  });

  it('takes the rules, and drops those that their next version lacks', async () => {
    writeFileSync(file, rules());
    const taken = await update('--from', file, '--yes', '--digest', `sha256:${digestOf(rules())}`);
    assert.equal(taken.taken, true);
    assert.match(readFileSync(taken.path, 'utf8'), /^# Taken from .*rules\.yaml/);
    assert.equal(await judged('humming'), 'working');
    writeFileSync(file, rules({ rules: [rule('buzzes', '^buzzing')] }));
    const next = await update('--from', file, '--yes');
    assert.deepEqual([next.rules_before, next.rules_after], [1, 1]);
    assert.match(next.diff, /^- {2}- name: 'hums'$/m);
    assert.deepEqual([await judged('humming'), await judged('buzzing')], ['unknown', 'working']);
    assert.equal((await update('--from', file, '--yes')).diff, '');
  });

  it("leaves the user's own rules on top", async () => {
    const own = { ...rule('buzzes', '^buzzing'), yields: 'idle' };
    writeFileSync(
      join(app.folder, 'detectors', 'mine.yaml'),
      JSON.stringify({ provider: 'mine', rules: [own] }),
    );
    assert.equal(await judged('buzzing'), 'idle');
  });

  it('goes back to the rules that came with AgentPool', async () => {
    assert.equal((await update('--undo', 'mine')).undone, true);
    assert.equal((await update('--undo', 'mine')).undone, false);
  });

  it('replaces rules of ours, until ours were tried with a newer version', async () => {
    const offered = (version: string) =>
      JSON.stringify({ provider: 'codex-cli', versions: [version], rules: [rule('hums', '^humming')] });
    const listed = async () => {
      const { detectors } = await app.json(['detectors', 'list']);
      return detectors.find(({ provider }: { provider: string }) => provider === 'codex-cli');
    };
    const ours = (await listed()).rules;
    writeFileSync(file, offered('999.0.0'));
    await update('--from', file, '--yes');
    assert.deepEqual([(await listed()).updated, await judged('humming', 'codex')], [true, 'working']);
    writeFileSync(file, offered('0.1.0'));
    await update('--from', file, '--yes');
    assert.deepEqual([(await listed()).updated, (await listed()).rules], [false, ours]);
  });

  it('refuses what is no valid file of rules, with the line', async () => {
    for (const [text, why] of [
      ['provider: x\nrules:\n  - name: a\n    yields: dancing\n', /:4: rule a: /],
      [
        'provider: x\nrules:\n  - { name: a, yields: idle, when: [{ line: "(" }] }\n',
        /Invalid regular expression/,
      ],
      [rules({ rules: [{ ...rule('pays', '.'), safe_key: 'Enter' }] }), /safe_key/],
      ['[', /not YAML/],
    ] as const) {
      writeFileSync(file, text);
      const { error } = await update('--from', file, '--yes');
      assert.equal(error.code, 'RULES_NOT_TAKEN');
      assert.match(error.message, why);
    }
    for (const path of [join(app.ground, 'nowhere.yaml'), app.ground])
      assert.equal((await update('--from', path, '--yes')).error.code, 'RULES_NOT_TAKEN');
  });

  it('refuses a file with another digest, and a digest that is none', async () => {
    writeFileSync(file, rules());
    for (const digest of [digestOf('other'), 'abc'])
      assert.equal((await update('--from', file, '--digest', digest, '--yes')).error.code, 'RULES_NOT_TAKEN');
  });

  it('needs to know what to do', async () => {
    assert.equal((await app.run(['detectors', 'update'])).code, 2);
    assert.equal((await app.run(['detectors', 'update', '--from', file, '--undo', 'mine'])).code, 2);
  });
});

describe('agentpool detectors update, from an address', () => {
  const app = new Home({ wholeProcesses: true });
  Object.assign(app.env, trusting);
  mkdirSync(app.folder, { recursive: true });
  const texts: Record<string, string> = { '/rules.yaml': rules(), '/big.yaml': '#'.repeat(2 ** 21) };
  const update = (from: string, digest: string | null = digestOf(rules())) =>
    app.json(['detectors', 'update', '--from', from, ...(digest ? ['--digest', digest] : []), '--yes']);

  it('takes rules over https that have the pinned digest', async () => {
    const site = await httpsServer(texts);
    texts['/moved'] = `${site}/rules.yaml`;
    assert.equal((await update(`${site}/moved`)).taken, true);
    assert.equal((await update(`${site}/rules.yaml`)).diff, '');
  });

  it('refuses any other digest, none, and a way that is not https', async () => {
    const site = await httpsServer(texts);
    texts['/downgraded'] = 'http://127.0.0.1:9/rules.yaml';
    texts['/around'] = `${site}/around`;
    for (const [from, digest, why] of [
      [`${site}/rules.yaml`, digestOf('other'), /not what was pinned/],
      [`${site}/rules.yaml`, null, /no digest/],
      ['http://127.0.0.1:9/rules.yaml', digestOf(rules()), /not https/],
      [`${site}/downgraded`, digestOf(rules()), /not https/],
      [`${site}/around`, digestOf(rules()), /on and on/],
      [`${site}/nothing`, digestOf(rules()), /404/],
      [`${site}/big.yaml`, digestOf(rules()), /more than 1 MB/],
      ['https://127.0.0.1:9/rules.yaml', digestOf(rules()), /cannot be fetched/],
    ] as const) {
      const { error } = await update(from, digest);
      assert.equal(error?.code, 'RULES_NOT_TAKEN', from);
      assert.match(error.message, why);
    }
  });
});
