import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { usageFixture } from '../../../fixtures/usage/read.ts';
import type { SourceContext } from '../../agents/contract/limits/reading.ts';
import { parse } from '../../config/file/parse.ts';
import { startChild } from '../../lib/process/child.ts';
import { temporaryFolder } from '../../lib/testing/processes.ts';
import { sourcesOf } from '../asking/sources.ts';
import { answered, failed } from '../testing/readings.ts';
import { parseCodexbar } from './codexbar.ts';
import { parseUsageCommand } from './usage-command.ts';

const configOf = (lines: string) => {
  const parsed = parse(`custom_providers:\n  - id: mine\n    command: [mine]\n${lines}`);
  return parsed.config ?? assert.fail(JSON.stringify(parsed));
};
const home = temporaryFolder();
const contextOf = (helpers: SourceContext['helpers'] = {}): SourceContext => ({
  env: { PATH: process.env.PATH },
  home,
  now: () => new Date('2026-11-23T02:00:00Z'),
  agent: ['mine'],
  helpers,
  workdir: home,
  start: startChild,
  fetch: () => assert.fail('a service was asked'),
  signal: AbortSignal.timeout(60_000),
});
const print = (text: string) => `cat <<'ANSWER'\n${text}\nANSWER`;
const command = (script: string) => `    usage_command: ${JSON.stringify(['/bin/sh', '-c', script])}`;

describe('usage_command', () => {
  it('reads what is over a limit as one that is reached, and what has none as unlimited', () => {
    const read = (sample: object) => answered(parseUsageCommand(JSON.stringify(sample)));
    const over = read({
      windows: [
        { kind: '5h', used_percent: '137 %' },
        { kind: 'weekly', remaining_percent: -4 },
        { scope: 'tools', models: [], used_percent: 100 },
      ],
    });
    assert.equal(over.status, 'limit_reached');
    assert.deepEqual(
      over.windows.map((w) => [w.used_percent, w.remaining_percent, w.models]),
      [
        [137, 0, undefined],
        [104, 0, undefined],
        [100, 0, []],
      ],
    );
    assert.equal(read({ windows: [], unlimited: true }).unlimited, true);
  });

  it('is read in the form that is documented', () => {
    const answer = answered(parseUsageCommand(`note\n${usageFixture('usage-command.json')}`));
    assert.deepEqual(
      answer.windows.map(({ name, models, used_percent, remaining_percent }) => [
        name,
        models,
        used_percent,
        remaining_percent,
      ]),
      [
        ['5h', undefined, 28, 72],
        ['weekly', undefined, 25, 75],
        ['weekly_large', ['large-1'], 100, 0],
      ],
    );
    assert.deepEqual([answer.plan, answer.credits_remaining, answer.status], ['Team', 12.5, 'available']);
  });

  it('is read in the form of `agentpool usage --json` and of CodexBar', () => {
    const sample = JSON.parse(usageFixture('usage-command.json'));
    assert.equal(
      answered(parseUsageCommand(JSON.stringify({ snapshots: [sample], source: 'refresh' }))).plan,
      'Team',
    );
    assert.equal(answered(parseUsageCommand(usageFixture('codexbar.json'))).plan, 'plus');
    const error = '[{"provider":"openrouter","error":{"message":"Not logged in"}}]';
    assert.equal(failed(parseUsageCommand(error)).outcome, 'refused');
  });

  it('is a reached limit by its own word or by its windows', () => {
    const status = (whole: object) => answered(parseUsageCommand(JSON.stringify(whole))).status;
    assert.equal(status({ windows: [], status: 'limit_reached' }), 'limit_reached');
    assert.equal(status({ windows: [{ kind: 'weekly', used_percent: 137 }] }), 'limit_reached');
    assert.deepEqual(answered(parseUsageCommand('{"windows":[]}')).warnings, ['no limits reported']);
  });

  it('is an exceeded limit where less than nothing is left, and reads a share with its sign', () => {
    const windows = [{ kind: 'weekly', remaining_percent: -20 }];
    const { status, windows: read } = answered(parseUsageCommand(JSON.stringify({ windows })));
    assert.deepEqual([status, read[0]?.used_percent, read[0]?.remaining_percent], ['limit_reached', 120, 0]);
    const shown = answered(parseUsageCommand('{"windows":[{"kind":"5h","used_percent":"28 %"}]}'));
    assert.equal(shown.windows[0]?.used_percent, 28);
  });

  it('takes the row of its provider where CodexBar printed several, and credits where they are all there is', () => {
    const row = (provider: string, usedPercent: number) => ({
      provider,
      usage: { primary: { usedPercent } },
    });
    const rows = JSON.stringify([row('other', 1), row('mine', 29)]);
    assert.equal(answered(parseUsageCommand(rows, 'mine')).windows[0]?.used_percent, 29);
    assert.match(failed(parseUsageCommand(rows, 'third')).reason, /several providers/);
    const credits = (remaining: number) =>
      answered(parseUsageCommand(JSON.stringify({ provider: 'mine', usage: null, credits: { remaining } })));
    assert.deepEqual([credits(0).status, credits(7).status], ['limit_reached', 'available']);
    assert.equal(credits(7).credits_remaining, 7);
  });

  it('names a web page as one, and says what was printed beside a code of failure', async () => {
    assert.match(failed(parseUsageCommand('<html>limit reached</html>')).reason, /web page/);
    const script = `echo '{"error":"no key is set"}'; exit 3`;
    const [source] = await sourcesOf('mine', 'native', configOf(`${command(script)}\n`));
    assert.equal(failed((await source?.read(contextOf())) ?? assert.fail()).reason, 'no key is set');
  });

  it('runs with the environment of its provider, in the place of no project', async () => {
    const script = `[ "$MINE" = 1 ] || exit 9; ${print(usageFixture('usage-command.json'))}`;
    const config = configOf(`    env: {MINE: '1'}\n${command(script)}\n`);
    const [source] = await sourcesOf('mine', 'combined', config);
    assert.ok(source);
    assert.deepEqual([source.id, source.confidence], ['usage-command', 'user_configured']);
    assert.equal(answered(await source.read(contextOf())).plan, 'Team');
  });

  it('says why it has nothing, without what looks like a secret', async () => {
    const asked = async (script: string) => {
      const [source] = await sourcesOf('mine', 'native', configOf(`${command(script)}\n`));
      return failed((await source?.read(contextOf())) ?? assert.fail());
    };
    const ended = await asked('echo "no quota for sk-made-up-0123456789" >&2; exit 3');
    assert.match(ended.reason, /ended with code 3: no quota for \[redacted\]$/);
    assert.equal((await asked('echo hello')).outcome, 'unreadable');
    assert.equal((await asked(`echo '{"error": "out of order"}'`)).reason, 'out of order');
  });
});

describe('usage_codexbar', () => {
  const config = configOf('    usage_codexbar: openrouter\n');
  const barOf = async () => (await sourcesOf('mine', 'combined', config))[0] ?? assert.fail('no source');

  it('asks for any name, by a key and by a program, never through a browser', async () => {
    const script = `case "$*" in
*'--provider openrouter --source api'*) echo '[{"provider":"openrouter","error":{"message":"Source api is not supported"}}]';;
*'--provider openrouter --source cli'*) echo '[{"provider":"openrouter","usage":{"primary":{"usedPercent":12}}}]';;
*) exit 9;; esac`;
    const bar = await barOf();
    const answer = answered(await bar.read(contextOf({ codexbar: ['/bin/sh', '-c', script, 'codexbar'] })));
    assert.deepEqual(
      answer.windows.map((w) => [w.name, w.used_percent]),
      [['unknown', 12]],
    );
  });

  it('gives the failure that says more than that a source is missing', async () => {
    const script = `case "$*" in
*'--source api'*) echo '[{"provider":"openrouter","error":{"message":"No API key"}}]';;
*) echo '[{"provider":"openrouter","error":{"message":"Source cli is not supported"}}]';; esac`;
    const bar = await barOf();
    const helpers = { codexbar: ['/bin/sh', '-c', script, 'codexbar'] };
    assert.equal(failed(await bar.read(contextOf(helpers))).reason, 'No API key');
    assert.equal(failed(await bar.read(contextOf())).outcome, 'not_found');
  });

  it('is a name, never an option', () => {
    const refused = parse(
      'custom_providers:\n  - id: mine\n    command: [mine]\n    usage_codexbar: --help\n',
    );
    assert.equal(refused.config, null);
    assert.match(JSON.stringify(refused), /usage_codexbar/);
  });

  it('reads a budget, which binds where there is nothing else', () => {
    const windows = (usage: object) =>
      answered(parseCodexbar(JSON.stringify([{ provider: 'mine', usage }]), 'mine')).windows.map(
        ({ kind, used_percent }) => [kind, used_percent],
      );
    const providerCost = { used: 20, limit: 20, currencyCode: 'USD' };
    assert.deepEqual(windows({ primary: null, providerCost }), [['monthly', 100]]);
    assert.deepEqual(windows({ primary: { usedPercent: 3, windowMinutes: 300 }, providerCost }), [
      ['5h', 3],
      ['on_demand', 100],
    ]);
    assert.deepEqual(windows({ providerCost: { used: 20, limit: 0 } }), []);
  });

  it('reads the windows of a model or a surface too', () => {
    const extra = (window: object, more: object = {}) => ({ title: 'Fable only', window, ...more });
    const usage = {
      primary: { usedPercent: 21, windowMinutes: 300 },
      extraRateWindows: [
        extra({ usedPercent: 100, windowMinutes: 10_080 }),
        extra({ usedPercent: 0, windowMinutes: 300 }, { usageKnown: false }),
      ],
    };
    const answer = answered(parseCodexbar(JSON.stringify([{ provider: 'claude', usage }]), 'claude'));
    assert.deepEqual(
      answer.windows.map((w) => [w.name, w.used_percent]),
      [
        ['5h', 21],
        ['weekly_fable_only', 100],
      ],
    );
    assert.equal(answer.status, 'available');
  });
});
