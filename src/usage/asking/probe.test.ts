import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import Value from 'typebox/value';
import { usageFixture } from '../../../fixtures/usage/read.ts';
import {
  answer,
  failure,
  type UsageReading,
  type UsageSource,
  usageWindow,
} from '../../agents/contract/limits/reading.ts';
import { opencodeGo } from '../../agents/opencode/limits.ts';
import { UsageSample } from '../../events/catalogue/usage.ts';
import { isGood } from '../../projections/usage/usage-summary.ts';
import { interactiveAllowed, probe } from './probe.ts';
import type { ProbeRequest } from './probe-request.ts';

const folder = mkdtempSync(join(tmpdir(), 'probe-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const now = new Date('2026-11-23T02:00:00Z');
const later = '2026-11-23T05:00:00.000Z';

const request = (given: Partial<ProbeRequest>): ProbeRequest => ({
  targets: [{ provider_id: 'codex-cli', agent: ['codex'] }],
  backend: 'native',
  interactive: false,
  deadline_ms: 30_000,
  lastGood: () => undefined,
  env: { PATH: process.env.PATH, HOME: folder },
  home: folder,
  helpers: {},
  workdir: folder,
  now: () => now,
  ...given,
});
const source = (id: string, read: UsageSource['read'], more: Partial<UsageSource> = {}): UsageSource => ({
  id,
  provider: 'codex-cli',
  reach: 'network',
  reads: 'a login',
  hosts: ['example.invalid'],
  confidence: 'official',
  deadline_ms: 5000,
  read,
  ...more,
});
const week = (used: number) =>
  answer({ windows: [usageWindow({ kind: 'weekly', used, resets: later, confidence: 'official' })] });
const gives = (reading: UsageReading) => async () => reading;
const sampleFrom = async (
  sources: UsageSource[],
  given: Partial<ProbeRequest> = {},
): Promise<UsageSample> => {
  const { samples } = await probe(request({ sources: () => sources, ...given }));
  const [sample] = samples;
  assert.ok(sample && Value.Check(UsageSample, sample), JSON.stringify(sample));
  return sample;
};

describe('the sources of a provider', () => {
  it('keeps a refusal whose moment had passed when it was given, without that moment', async () => {
    const refused = (until: string) => answer({ blocked: { reason: 'spend_control_reached', until } });
    const until = async (at: string) => (await sampleFrom([source('a', gives(refused(at)))])).blocked?.until;
    assert.deepEqual([await until('2026-11-23T01:00:00.000Z'), await until(later)], [null, later]);
  });

  it('are asked in order until one answers, and failures are reported', async () => {
    const sample = await sampleFrom([
      source('first', gives(failure('rate_limited', 'asked too often (429)', later))),
      source('second', async () => {
        throw new Error('broke for someone@example.invalid');
      }),
      source('third', gives(week(40)), { confidence: 'observed' }),
      source('fourth', gives(week(99))),
    ]);
    assert.deepEqual(
      [sample.source, sample.confidence, sample.status, sample.reset_at],
      ['third', 'observed', 'available', later],
    );
    assert.deepEqual(
      sample.tried.map((t) => [t.source, t.outcome, t.retry_at]),
      [
        ['first', 'rate_limited', later],
        ['second', 'failed', null],
        ['third', 'answered', null],
      ],
    );
    assert.doesNotMatch(JSON.stringify(sample), /@/);
  });

  it('are not asked further once the agent says that it is signed out', async () => {
    const sample = await sampleFrom(
      [
        source('cli', gives(failure('signed_out', 'signed out: codex login'))),
        source('files', gives(week(10))),
      ],
      {
        lastGood: () => ({ ...lastGood }),
      },
    );
    assert.deepEqual(
      [sample.status, sample.windows, sample.warnings],
      ['unauthenticated', [], ['signed out: codex login']],
    );
  });

  it('of a setup that is billed by API key have no subscription to report, and the provider is available', async () => {
    const signedOut = [source('cli', gives(failure('signed_out', 'signed out: codex login')))];
    const targets = [{ provider_id: 'codex-cli', agent: ['codex'], billing: 'OPENAI_API_KEY' }];
    const sample = await sampleFrom(signedOut, { targets });
    assert.deepEqual(
      [sample.status, sample.confidence, sample.windows, sample.warnings],
      [
        'available',
        'local_config',
        [],
        ['billed by API key (OPENAI_API_KEY): no subscription, no limits reported'],
      ],
    );
    const plan = await sampleFrom([source('cli', gives(week(40)))], { targets });
    assert.deepEqual([plan.windows.length, plan.warnings], [1, []]);
  });

  it('are skipped when they need a terminal or were not opted into', async () => {
    const sources = [
      source('screen', gives(week(1)), { interactive: true }),
      source('private', gives(week(2)), { opt_in: 'AGENTPOOL_X' }),
    ];
    assert.deepEqual(
      (await sampleFrom(sources)).tried.map((t) => t.outcome),
      ['skipped', 'skipped'],
    );
    assert.equal((await sampleFrom(sources, { interactive: true })).source, 'screen');
    assert.equal((await sampleFrom(sources, { env: { AGENTPOOL_X: '1' } })).source, 'private');
    assert.equal(interactiveAllowed({ AGENTPOOL_NO_INTERACTIVE_USAGE: '1' }, true), false);
  });
});

const lastGood: UsageSample = {
  provider_id: 'codex-cli',
  status: 'available',
  confidence: 'official',
  source: 'codex-app-server',
  checked_at: '2026-11-23T01:30:00.000Z',
  observed_at: '2026-11-23T01:30:00.000Z',
  stale: false,
  plan: 'pro',
  windows: week(25).windows,
  credits_remaining: null,
  premium_requests_remaining: null,
  reset_at: later,
  tried: [],
  warnings: [],
  raw: {},
};

describe('a failed question', () => {
  const limited = source('cli', gives(failure('rate_limited', 'asked too often (429)')));

  it('keeps the last good sample with its own time, and says why', async () => {
    const sample = await sampleFrom([limited], { lastGood: () => lastGood });
    assert.deepEqual(
      [sample.status, sample.observed_at, sample.checked_at, sample.stale],
      ['available', lastGood.observed_at, now.toISOString(), true],
    );
    assert.equal(sample.windows[0]?.used_percent, 25);
    assert.match(sample.warnings.join(), /429/);
  });

  it('is unknown without a good sample: never signed out, never 0 %', async () => {
    const sample = await sampleFrom([limited]);
    assert.deepEqual([sample.status, sample.windows, isGood(sample)], ['unknown', [], false]);
  });

  it('drops the percentages of windows that have reset from the sample it keeps', async () => {
    const windows = [
      {
        ...usageWindow({ kind: '5h', used: 90, confidence: 'official' }),
        reset_at: '2026-11-23T01:45:00.000Z',
      },
    ];
    const sample = await sampleFrom([limited], { lastGood: () => ({ ...lastGood, windows }) });
    assert.deepEqual([sample.windows[0]?.used_percent, sample.windows[0]?.expired], [null, true]);
  });

  it('does not replace newer figures with older ones from a file', async () => {
    const old = answer({ windows: week(10).windows, observed_at: '2026-11-22T00:00:00.000Z', stale: true });
    const fresh = answer({ windows: week(60).windows, observed_at: '2026-11-23T01:59:00.000Z', stale: true });
    const given = { lastGood: () => lastGood };
    assert.equal(
      (await sampleFrom([limited, source('files', gives(old))], given)).windows[0]?.used_percent,
      25,
    );
    assert.equal(
      (await sampleFrom([limited, source('files', gives(fresh))], given)).windows[0]?.used_percent,
      60,
    );
  });
});

describe('a probe of all providers', () => {
  const hangs = source(
    'hangs',
    ({ signal }) =>
      new Promise((resolve) => signal.addEventListener('abort', () => resolve(failure('timed_out', 'late')))),
  );

  it('asks them in parallel, and is partial when the deadline cuts one off', async () => {
    const targets = ['codex-cli', 'claude-code', 'fake-idle', 'droid-cli'].map((provider_id) => ({
      provider_id,
      agent: provider_id === 'droid-cli' ? null : [provider_id],
    }));
    const sources = (provider: string) =>
      provider === 'codex-cli' ? [{ ...hangs, deadline_ms: 60_000 }] : [source('cli', gives(week(5)))];
    const probed = await probe(request({ targets, sources, deadline_ms: 300 }));
    assert.deepEqual(
      probed.samples.map((s) => s.status),
      ['unknown', 'available', 'available', 'unavailable'],
    );
    assert.equal(probed.partial, true);
    assert.equal(probed.samples[0]?.tried[0]?.outcome, 'timed_out');
  });

  it('is complete when a source only missed its own deadline', async () => {
    const probed = await probe(
      request({ sources: () => [{ ...hangs, deadline_ms: 50 }, source('cli', gives(week(5)))] }),
    );
    assert.deepEqual([probed.partial, probed.samples[0]?.source], [false, 'cli']);
  });

  it('returns even if a source never does', async () => {
    const probed = await probe(
      request({ sources: () => [source('stuck', () => new Promise(() => undefined), { deadline_ms: 50 })] }),
    );
    assert.equal(probed.samples[0]?.tried[0]?.outcome, 'timed_out');
  });

  it('names a backend that has no source for a provider', async () => {
    const sample = await sampleFrom([], { backend: 'ccusage' });
    assert.match(sample.warnings.join(), /ccusage/);
  });
});

describe('the real sources', () => {
  /** A program that answers as the agent does, so that pipes, order and exit are real. */
  const agent = (name: string, script: string): string => {
    const path = join(folder, name);
    writeFileSync(path, `#!/bin/sh\n${script}`);
    chmodSync(path, 0o755);
    return path;
  };
  const probed = async (provider_id: string, program: string, given: Partial<ProbeRequest> = {}) =>
    (await probe(request({ targets: [{ provider_id, agent: [program] }], ...given }))).samples[0];

  before(() => {
    mkdirSync(join(folder, '.codex/sessions/2026/11/23'), { recursive: true });
    writeFileSync(
      join(folder, '.codex/sessions/2026/11/23/rollout-a.jsonl'),
      usageFixture('codex-rollout.jsonl'),
    );
    for (const name of [
      'codex-app-server-pro.jsonl',
      'codex-app-server-429.jsonl',
      'claude-get-usage-fresh.jsonl',
    ])
      writeFileSync(join(folder, name), usageFixture(name));
  });

  it('codex: the app-server answers, and is ended', async () => {
    const sample = await probed(
      'codex-cli',
      agent('codex', `echo noise; cat ${folder}/codex-app-server-pro.jsonl; cat > /dev/null`),
    );
    assert.deepEqual(
      [sample?.source, sample?.windows.length, sample?.credits_remaining],
      ['codex-app-server', 3, 640],
    );
  });

  it('codex: the files answer after a 429, with their own age', async () => {
    const sample = await probed(
      'codex-cli',
      agent('codex429', `cat ${folder}/codex-app-server-429.jsonl; cat > /dev/null`),
    );
    assert.deepEqual(
      [sample?.source, sample?.stale, sample?.observed_at],
      ['codex-rollouts', true, '2026-11-23T01:10:05.000Z'],
    );
  });

  it('codex: a program that exits at once is reported with its last words', async () => {
    const program = agent('codex-old', 'echo "error: unexpected argument" >&2; exit 2');
    const sample = await probed('codex-cli', program, {
      env: { PATH: process.env.PATH, CODEX_HOME: join(folder, 'none') },
    });
    assert.match(sample?.tried[0]?.reason ?? '', /ended with code 2 .*unexpected argument/);
  });

  it("claude: the caller's environment does not reach it, and hooks are off", async () => {
    const program = agent(
      'claude',
      `env > ${folder}/claude-env; echo "$@" > ${folder}/claude-args; read question; cat ${folder}/claude-get-usage-fresh.jsonl; cat > /dev/null`,
    );
    const env = {
      PATH: process.env.PATH,
      CLAUDECODE: '1',
      ANTHROPIC_API_KEY: 'sk-ant-mine',
      ANTHROPIC_BASE_URL: 'http://127.0.0.1:1',
    };
    const sample = await probed('claude-code', program, { env });
    assert.deepEqual([sample?.source, sample?.plan], ['claude-get-usage', 'max']);
    const seen = (await import('node:fs')).readFileSync(join(folder, 'claude-env'), 'utf8');
    assert.doesNotMatch(seen, /CLAUDECODE|ANTHROPIC_/);
    assert.match(seen, /DISABLE_AUTOUPDATER=1/);
  });

  it('a service: status, retry-after, a redirect and a page that is not JSON are distinguished', async () => {
    const readings: Record<string, RequestListener> = {
      ok: (_q, r) => r.end(usageFixture('opencode-go.json')),
      'rate_limited ': (_q, r) => r.writeHead(429).end(),
      'rate_limited 2026-11-23T02:01:00.000Z': (_q, r) => r.writeHead(429, { 'retry-after': '60' }).end(),
      'refused ': (_q, r) => r.writeHead(401).end('{"email":"someone@example.invalid"}'),
      'unsupported ': (_q, r) => r.writeHead(403).end('{"error":{"type":"EntitlementError"}}'),
      'failed ': (_q, r) => r.writeHead(302, { location: 'http://127.0.0.1:1/' }).end(),
      'unreadable ': (_q, r) => r.end('<html>Sign in</html>'),
    };
    for (const [wanted, listener] of Object.entries(readings)) {
      const server = createServer(listener).listen(0, '127.0.0.1');
      await new Promise((resolve) => server.once('listening', resolve));
      const { port } = server.address() as AddressInfo;
      const local: typeof fetch = (_url, init) => fetch(`http://127.0.0.1:${port}/`, init);
      const env = { OPENCODE_API_KEY: 'sk-secret-key-of-somebody' };
      const sample = await probed('opencode', 'opencode', { env, fetch: local, sources: () => [opencodeGo] });
      const [tried] = sample?.tried ?? [];
      if (wanted === 'ok') assert.equal(sample?.windows.length, 3);
      else assert.equal(`${tried?.outcome} ${tried?.retry_at ?? ''}`, wanted);
      assert.doesNotMatch(JSON.stringify(sample), /secret|@/);
      server.closeAllConnections();
      server.close();
    }
  });
});
