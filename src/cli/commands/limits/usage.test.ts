import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, it } from 'node:test';
import { FakeCodex } from '../../../../fixtures/usage/fake-codex.ts';
import { aSample, aWindow } from '../../../../fixtures/usage/samples.ts';
import { packageRoot } from '../../../lib/package-root.ts';
import type { CapacityRow } from '../../../usage/capacity/capacity.ts';
import type { UsageSummary } from '../../../usage/capacity/known-summary.ts';
import { Home } from '../../../workers/testing/home.ts';
import { withLedger } from '../../testing/ledger-home.ts';
import { Terminal } from '../../testing/terminal.ts';

/** A home whose only agent is a fake Codex with configurable answers. */
function machine() {
  const home = new Home();
  const codex = new FakeCodex(home.ground).uses(20, 40);
  home.env.PATH = `${codex.bin}:${home.env.PATH}`;
  return { home, codex };
}

const codexOf = ({ providers }: UsageSummary): CapacityRow => {
  const row = providers['codex-cli'];
  assert.ok(row);
  return row;
};

describe('agentpool usage-summary', () => {
  it('has no limits before a provider was asked, and its answer afterwards', async () => {
    const { home, codex } = machine();
    const before = await home.json(['usage-summary']);
    assert.deepEqual(
      [before.source, codexOf(before).unusable_reason, codex.asked],
      ['ledger', 'usage_unknown', 0],
    );
    const asked = await home.json(['usage-summary', '--refresh']);
    assert.deepEqual([asked.source, codexOf(asked).usable, codex.asked], ['refresh', true, 1]);
    const known = await home.json(['capacity-summary']);
    assert.deepEqual([known.source, codexOf(known).usable, codex.asked], ['ledger', true, 1]);
    assert.deepEqual(
      codexOf(known).windows.map(({ name, remaining_percent }) => [name, remaining_percent]),
      [
        ['5h', 60],
        ['weekly', 80],
      ],
    );
  });

  it('is partial when a provider has not answered in time', async () => {
    const { home, codex } = machine();
    codex.hangs();
    const late = await home.json(['usage-summary', '--refresh', '--timeout', '1']);
    assert.deepEqual([late.partial, codexOf(late).unusable_reason], [true, 'usage_unknown']);
    assert.equal(codexOf(late).tried[0]?.outcome, 'timed_out');
  });

  it('prints the same on the fast path and with the full command', async () => {
    const { home } = machine();
    await home.run(['usage', '--provider', 'codex-cli']);
    await home.run(['usage-summary']);
    const steady = (summary: UsageSummary) =>
      JSON.stringify(summary, (key, value) => (/^(?:age_seconds|.*_at)$/.test(key) ? null : value)).split(
        ',',
      );
    const quick = await home.json(['usage-summary'], { wholeProcess: true });
    const long = await home.json(['usage-summary', '--backend', 'combined']);
    assert.deepEqual(steady(quick), steady(long));
  });

  it('draws bars for people, as wide as the terminal', async () => {
    const { home } = machine();
    const { stdout } = await home.run(['usage-summary', '--refresh']);
    assert.match(stdout, /^● USABLE NOW +codex-cli\n[\s\S]*^codex-cli .*\n {2}5 hours .* 40 % /m);
    assert.match(stdout, /not installed: .*claude-code/);
    assert.doesNotMatch(stdout, /fake-/);
    for (const line of stdout.split('\n')) assert.ok(line.length <= 80, line);
  });

  it('and usage describe the trend of a limit in the same words', async () => {
    const { home } = machine();
    await home.run(['init']);
    const at = (minutes: number) => new Date(Date.now() + minutes * 60_000).toISOString();
    const reset = at(4 * 24 * 60);
    withLedger(home.folder, ({ store }) => {
      for (const [minutes, used] of [
        [-24 * 60, 20],
        [-12 * 60, 40],
        [-1, 60],
      ] as const) {
        const windows = [aWindow('weekly', used, reset)];
        const data = aSample('codex-cli', { windows, observed_at: at(minutes), checked_at: at(minutes) });
        store.append('usage/codex-cli', [{ type: 'usage.sampled', data }], { actor: 'cli' });
      }
    });
    const [window] = codexOf(await home.json(['usage-summary'])).windows;
    assert.match(window?.words ?? '', /weekly 40 % left, resets .+, used up .+ at this pace/);
    const { stdout } = await home.run(['usage', '--cached', '--provider', 'codex-cli']);
    assert.ok(stdout.includes(window?.words ?? '-'), stdout);
  });

  it('asks again by itself if the policy says so', async () => {
    const { home, codex } = machine();
    await home.run(['init']);
    writeFileSync(
      join(home.folder, 'config.yaml'),
      'version: 1\npolicy:\n  usage_auto_refresh_after_seconds: 3600\n',
    );
    assert.equal((await home.json(['usage-summary'])).source, 'auto_refresh');
    assert.equal((await home.json(['usage-summary'])).source, 'ledger');
    assert.equal(codex.asked, 1);
  });

  it('does not ask repeatedly by itself if no provider answers', async () => {
    const { home, codex } = machine();
    codex.fails();
    await home.run(['init']);
    writeFileSync(
      join(home.folder, 'config.yaml'),
      'version: 1\npolicy:\n  usage_auto_refresh_after_seconds: 3600\n',
    );
    const reported = await home.json(['usage-summary', '--backend', 'native']);
    assert.deepEqual([reported.source, codexOf(reported).unusable_reason], ['auto_refresh', 'usage_unknown']);
    assert.equal((await home.json(['usage-summary', '--backend', 'native'])).source, 'ledger');
    assert.equal(codex.asked, 1);
  });

  it('redraws with --watch when something was recorded', async () => {
    const { home, codex } = machine();
    await home.run(['usage', '--provider', 'codex-cli']);
    const words = [join(packageRoot(), 'dist', 'main.js'), 'usage-summary', '--watch', '--json'];
    const env = home.env as NodeJS.ProcessEnv;
    const watching = spawn(process.execPath, words, { env, stdio: ['ignore', 'pipe', 'inherit'] });
    const ended = once(watching, 'exit');
    const lines = createInterface({ input: watching.stdout });
    const seen: (number | null | undefined)[] = [];
    for await (const line of lines) {
      seen.push(codexOf(JSON.parse(line)).windows[0]?.remaining_percent);
      if (seen.length === 2) break;
      codex.uses(30, 70);
      // Otherwise the recent answer would be reused.
      await home.run(['usage', '--provider', 'codex-cli', '--backend', 'native']);
    }
    watching.kill();
    await ended;
    assert.deepEqual(seen, [60, 30]);
  });

  it('refuses an unknown provider, and a disabled one', async () => {
    const { home } = machine();
    const { error } = await home.json(['usage-summary', '--provider', 'codex-cl']);
    assert.equal(error.code, 'PROVIDER_NOT_FOUND');
    await home.run(['init']);
    writeFileSync(
      join(home.folder, 'config.yaml'),
      'version: 1\nproviders:\n  codex-cli:\n    enabled: false\n',
    );
    assert.equal((await home.json(['usage', '--provider', 'codex-cli'])).error.code, 'PROVIDER_DISABLED');
  });
});

describe('agentpool usage-summary --refresh on a terminal', () => {
  it('shows the answers as they arrive, and whom it waits for', async () => {
    const { home, codex } = machine();
    const released = join(home.ground, 'released');
    const program = join(codex.bin, 'copilot');
    // A Copilot that does not answer its limits until the test lets it.
    const wait = `i=0; while [ ! -e ${released} ] && [ $i -lt 600 ]; do sleep 0.1; i=$((i+1)); done`;
    writeFileSync(program, `#!/bin/sh\ncase "$*" in --version) echo 1.0.83 ;; *) ${wait} ;; esac\n`);
    chmodSync(program, 0o755);
    const terminal = new Terminal(home);
    terminal.type('usage-summary', '--refresh');
    await terminal.shows(/codex-cli .*\n.* 40 %[\s\S]*waiting for copilot-cli, \d+/);
    writeFileSync(released, '');
    assert.equal(await terminal.exits(), 0);
    const screen = terminal.screen();
    assert.equal(screen.match(/^codex-cli/gm)?.length, 1, `the rows on the way are erased:\n${screen}`);
    assert.doesNotMatch(screen, /waiting for/);
  });

  it('says in a log whom it waits for, and prints the answer alone', async () => {
    const { home } = machine();
    const { stdout, stderr } = await home.run(['usage-summary', '--refresh']);
    assert.match(stdout, /codex-cli/);
    assert.equal(stderr, '');
  });
});

describe('agentpool usage', () => {
  it('reports the answer of every source', async () => {
    const { home, codex } = machine();
    const { stdout } = await home.run(['usage', '--provider', 'codex-cli']);
    assert.match(stdout, /^codex-cli {2}available, plan plus, codex-app-server \(official\)/);
    assert.match(stdout, /codex-app-server: answered after \d+ ms/);
    const { snapshots, source } = await home.json(['usage', '--cached', '--provider', 'codex-cli']);
    assert.deepEqual([source, snapshots.length, snapshots[0].plan, codex.asked], ['ledger', 1, 'plus', 1]);
  });
});

describe('agentpool inventory, providers and models', () => {
  it('report the installed agents and their last answers, and ask no provider', async () => {
    const { home, codex } = machine();
    await home.run(['usage', '--provider', 'codex-cli']);
    const { providers } = await home.json(['inventory']);
    const row = providers.find(({ id }: { id: string }) => id === 'codex-cli');
    assert.deepEqual([row.installed, row.version, row.usage.status], [true, '0.169.0', 'available']);
    const listed = await home.json(['providers']);
    assert.equal(listed.providers[0].usage, null);
    assert.match((await home.run(['providers'])).stdout, /● codex-cli +0\.169\.0/);
    const { providers: models } = await home.json(['models', '--provider', 'codex-cli']);
    assert.deepEqual([models.length, models[0].installed], [1, true]);
    assert.equal(codex.asked, 1);
  });

  it('list the models that an agent reports, once it was asked', async () => {
    const { home, codex } = machine();
    const program = join(codex.bin, 'opencode');
    writeFileSync(program, '#!/bin/sh\n[ "$1" = models ] && echo shop/special || echo 1.18.34\n');
    chmodSync(program, 0o755);
    const ids = async (...words: string[]) =>
      (await home.json(['models', '--provider', 'opencode', ...words])).providers[0].models.map(
        ({ id }: { id: string }) => id,
      );
    assert.ok(!(await ids()).includes('shop/special'));
    assert.ok((await ids('--refresh')).includes('shop/special'));
    assert.ok((await ids()).includes('shop/special'));
    const listed = async () => {
      const { stdout } = await home.run(['events', '--json', '--type', 'provider.models_listed']);
      return stdout.split('\n').filter((line) => line.includes('"provider.models_listed"')).length;
    };
    assert.equal(await listed(), 1);
    await ids('--refresh');
    assert.equal(await listed(), 1, 'a list that is the same again is no event');
    writeFileSync(program, '#!/bin/sh\n[ "$1" = models ] && echo shop/other || echo 1.18.34\n');
    assert.ok((await ids('--refresh')).includes('shop/other'));
    assert.equal(await listed(), 2);
  });

  it("check a user's own catalogue", async () => {
    const { home } = machine();
    const file = join(home.ground, 'models.json');
    writeFileSync(file, JSON.stringify({ providers: { 'codex-cli': { models: [{ id: '' }] } } }));
    const { code, stdout } = await home.run(['models', 'validate', '--path', file]);
    assert.equal(code, 1);
    assert.match(stdout, /codex-cli\.models\[0\]\.id/);
    assert.equal((await home.json(['models', 'validate'])).ok, true);
  });
});
