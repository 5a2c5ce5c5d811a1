import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { defaultAccount } from '../../config/accounts.ts';
import { allAgents, descriptorsOf } from '../registry.ts';
import { CAPABILITIES } from './descriptor.ts';
import { type Detected, type DetectOptions, detectAll } from './locate.ts';
import { findHelpers, searchPath } from './search-path.ts';

const root = mkdtempSync(join(tmpdir(), 'detect-'));
after(() => rmSync(root, { recursive: true, force: true }));

let count = 0;
/** A machine of its own: a home, a folder on PATH and the programs in either. */
function machine(programs: Record<string, string>) {
  const home = join(root, String(count++));
  const bin = join(home, 'on-path');
  mkdirSync(bin, { recursive: true });
  for (const [name, script] of Object.entries(programs)) {
    const path = name.startsWith('~/') ? join(home, name.slice(2)) : join(bin, name);
    mkdirSync(join(path, '..'), { recursive: true });
    writeFileSync(path, `#!/bin/sh\n${script}`);
    chmodSync(path, 0o755);
  }
  const options: DetectOptions = {
    env: { PATH: bin, HOME: home },
    home,
    workdir: home,
    now: () => new Date('2026-11-23T02:00:00Z'),
    // Whatever agents this machine has must not be found.
    execPath: join(home, 'node', 'bin', 'node'),
    shared_folders: [],
    // The tests verify what happens at a deadline, not that this machine is fast.
    timeout_ms: 20_000,
  };
  const detect = async (id: string, more: Partial<DetectOptions> = {}): Promise<Detected> => {
    const all = await descriptorsOf({ providers: {} as never, custom_providers: [] });
    const [found] = await detectAll(
      all
        .filter((d) => d.id === id)
        .map((descriptor) => ({ descriptor, account: defaultAccount(descriptor.id) })),
      { ...options, ...more },
    );
    assert.ok(found);
    return found;
  };
  return { home, bin, options, detect };
}

const claude = (status: string, code = 0) =>
  `case "$1" in --version) echo "2.1.330 (Claude Code)";; auth) echo '${status}'; exit ${code};; esac`;

describe('an agent on PATH', () => {
  it('is found with its version and whether it is signed in', async () => {
    const { detect, bin } = machine({
      claude: claude('{"loggedIn":true,"authMethod":"claude.ai","email":"someone@example.invalid"}'),
    });
    const found = await detect('claude-code');
    assert.deepEqual(
      [found.installed, found.binary_path, found.version],
      [true, join(bin, 'claude'), '2.1.330'],
    );
    assert.deepEqual(found.auth, {
      status: 'authenticated',
      confidence: 'local_cli',
      reason: 'signed in with claude.ai',
      checked_at: '2026-11-23T02:00:00.000Z',
    });
    assert.doesNotMatch(JSON.stringify(found), /@/);
  });

  it('counts as signed out when it says so itself', async () => {
    const signedOut = machine({
      claude: claude('{"loggedIn":false}', 1),
      codex:
        'case "$1" in --version) echo "codex-cli 0.169.0";; login) echo "Not logged in" >&2; exit 1;; esac',
    });
    assert.equal((await signedOut.detect('claude-code')).auth.status, 'unauthenticated');
    const codex = await signedOut.detect('codex-cli');
    assert.deepEqual([codex.auth.status, codex.version], ['unauthenticated', '0.169.0']);
  });

  it('is billed by API key, and not signed out, where a key, a cloud or a provider of its own is set up', async () => {
    const signedOut = machine({
      claude: claude('{"loggedIn":false}', 1),
      codex:
        'case "$1" in --version) echo "codex-cli 0.169.0";; login) echo "Not logged in" >&2; exit 1;; esac',
      copilot: 'echo 1.0.102',
    });
    const authOf = async (id: string, more: Record<string, string>) => {
      const { status, reason } = (await signedOut.detect(id, { env: { ...signedOut.options.env, ...more } }))
        .auth;
      return status === 'authenticated' ? reason : status;
    };
    const billed = (how: string) => `billed by API key: ${how}`;
    assert.equal(await authOf('claude-code', { ANTHROPIC_API_KEY: 'secret' }), billed('ANTHROPIC_API_KEY'));
    assert.equal(await authOf('claude-code', { CLAUDE_CODE_USE_BEDROCK: '1' }), billed('Amazon Bedrock'));
    assert.equal(await authOf('claude-code', { CLAUDE_CODE_USE_VERTEX: 'true' }), billed('Google Vertex AI'));
    assert.equal(
      await authOf('claude-code', { ANTHROPIC_API_KEY: ' ', CLAUDE_CODE_USE_BEDROCK: '0' }),
      'unauthenticated',
    );
    assert.equal(await authOf('codex-cli', { OPENAI_API_KEY: 'secret' }), billed('OPENAI_API_KEY'));
    assert.equal(
      await authOf('copilot-cli', { COPILOT_PROVIDER_BASE_URL: 'http://127.0.0.1:1' }),
      billed('COPILOT_PROVIDER_BASE_URL'),
    );
    const folder = join(signedOut.home, '.codex');
    mkdirSync(folder);
    const toml = (provider: string) =>
      writeFileSync(
        join(folder, 'config.toml'),
        `model = "m"\nmodel_provider = 'corp' # ours\n[profiles.x]\nmodel_provider = "openai"\n[model_providers."corp"]\n${provider}\n[tui]\nenv_key = "OTHER"\n`,
      );
    toml('base_url = "https://models.example"\nenv_key = "CORP_KEY"');
    assert.equal(await authOf('codex-cli', { CORP_KEY: 'secret' }), billed('model provider corp'));
    assert.equal(await authOf('codex-cli', { OPENAI_API_KEY: 'secret' }), 'unauthenticated');
    toml('base_url = "http://127.0.0.1:1"');
    assert.equal(await authOf('codex-cli', {}), billed('model provider corp'));
    toml('requires_openai_auth = true');
    assert.equal(await authOf('codex-cli', {}), 'unauthenticated');
    mkdirSync(join(signedOut.home, '.claude'));
    const settings = { env: { ANTHROPIC_API_KEY: 'secret' } };
    writeFileSync(join(signedOut.home, '.claude', 'settings.json'), JSON.stringify(settings));
    assert.equal(await authOf('claude-code', {}), billed('ANTHROPIC_API_KEY'));
  });

  it('with a subscription stays signed in with it, whatever key is set', async () => {
    const { detect, options } = machine({ claude: claude('{"loggedIn":true,"authMethod":"claude.ai"}') });
    const { auth } = await detect('claude-code', { env: { ...options.env, ANTHROPIC_API_KEY: 'secret' } });
    assert.equal(auth.reason, 'signed in with claude.ai');
  });

  it('is unknown, not signed out, where its answer is not understood', async () => {
    const { detect } = machine({ claude: 'echo "error: unknown command"; exit 1', droid: 'echo 0.215.0' });
    assert.equal((await detect('claude-code')).auth.status, 'unknown');
    assert.equal((await detect('droid-cli')).auth.status, 'unknown');
  });

  it('is installed although it hangs, and says what it did not tell', async () => {
    const { detect } = machine({ claude: 'trap "" TERM; while :; do /bin/sleep 1; done' });
    const found = await detect('claude-code', { timeout_ms: 200 });
    assert.deepEqual([found.installed, found.version, found.auth.status], [true, null, 'unknown']);
    assert.match(found.warnings.join(), /did not print its version within 200 ms/);
  });

  it('is not another program of the same name', async () => {
    const { detect } = machine({
      agent: 'echo "agent 3.1 of somebody else"',
      gh: 'echo "gh version 2.80.0"',
    });
    assert.equal((await detect('cursor-cli')).installed, false);
    assert.equal((await detect('copilot-cli')).installed, false);
  });

  it('is started through another program where that is how it comes', async () => {
    const { detect, bin } = machine({
      gh: 'test "$1 $2 $3" = "copilot -- --version" && echo "GitHub Copilot CLI 1.0.102."',
    });
    const found = await detect('copilot-cli');
    assert.deepEqual([found.command, found.version], [[join(bin, 'gh'), 'copilot', '--'], '1.0.102']);
  });
});

describe('an agent beside PATH', () => {
  it('is found in the usual folders when a host starts us with a bare PATH', async () => {
    const { detect, home } = machine({
      '~/.local/bin/codex': 'echo codex-cli 1.2.3',
      '~/.nvm/versions/node/v22.1.0/bin/opencode': 'echo 1.18.33',
    });
    const env = { PATH: '/nowhere', HOME: home };
    assert.equal((await detect('codex-cli', { env })).version, '1.2.3');
    assert.equal(
      (await detect('opencode', { env })).binary_path,
      join(home, '.nvm/versions/node/v22.1.0/bin/opencode'),
    );
  });

  it('finds the node that it was installed beside, or ours', async () => {
    const { detect, home } = machine({
      '~/.local/bin/claude': 'command -v node > "$HOME/which-node" && echo 2.0.0',
    });
    const found = await detect('claude-code', { env: { PATH: '/nowhere', HOME: home } });
    assert.equal(found.version, '2.0.0');
  });

  it('never comes from a relative entry of PATH', async () => {
    const folders = await searchPath({
      env: { PATH: `.:bin::${root}` },
      home: '/home/user',
      execPath: '/opt/node/bin/node',
    });
    assert.deepEqual(folders.slice(0, 2), [root, '/opt/node/bin']);
  });

  it('is what the user names, before anything of ours', async () => {
    const { detect, home } = machine({ codex: 'echo 1.0.0', '~/mine/codex': 'echo 9.9.9' });
    const configured = { 'codex-cli': { command: ['~/mine/codex', '--quiet'], binary_candidates: [] } };
    assert.deepEqual((await detect('codex-cli', { configured })).command, [
      join(home, 'mine/codex'),
      '--quiet',
    ]);
    const other = { 'codex-cli': { command: null, binary_candidates: ['~/mine/codex'] } };
    assert.equal((await detect('codex-cli', { configured: other })).version, '9.9.9');
  });
});

describe('helpers', () => {
  it('are found like agents, and the user may name another command', async () => {
    const { options, bin, home } = machine({ gh: '', ccusage: '', '~/mine/ccusage': '' });
    assert.deepEqual(await findHelpers(options), { gh: [join(bin, 'gh')], ccusage: [join(bin, 'ccusage')] });
    const env = { ...options.env, AGENTPOOL_CCUSAGE_COMMAND: '~/mine/ccusage --quiet' };
    assert.deepEqual((await findHelpers({ ...options, env })).ccusage, [
      join(home, 'mine/ccusage'),
      '--quiet',
    ]);
  });
});

describe('an agent that is nowhere', () => {
  it('is named with what was looked for', async () => {
    const found = await machine({}).detect('copilot-cli');
    assert.deepEqual([found.installed, found.command, found.auth.status], [false, null, 'unavailable']);
    assert.match(found.warnings.join(), /no copilot or gh copilot on PATH/);
  });

  it('a fake agent is always there', async () =>
    assert.equal((await machine({}).detect('fake-idle')).installed, true));
});

describe('the descriptors', () => {
  it('speak the words of the contract, each model once, defaults among the models', async () => {
    for (const { descriptor } of await allAgents()) {
      const { id, capabilities, models, settings } = descriptor;
      for (const word of capabilities) assert.ok(CAPABILITIES.includes(word), word);
      const ids = models.map((model) => model.id);
      assert.equal(new Set(ids).size, ids.length, id);
      for (const chosen of [settings.default_model, settings.smoke_model])
        assert.ok(chosen === null || ids.includes(chosen), `${id}: ${chosen}`);
    }
  });

  it('leave out what config.yaml switches off and add its own commands', async () => {
    const mine = {
      id: 'mine',
      display_name: null,
      command: ['mine'],
      prompt_mode: 'arg',
      model_arg: '-m',
      read_only_args: [],
      env: {},
      models: [],
      metadata: {},
    } as const;
    const config = { providers: { 'codex-cli': { enabled: false } }, custom_providers: [mine] };
    const found = await descriptorsOf(config as unknown as Parameters<typeof descriptorsOf>[0]);
    const ids = found.map(({ id }) => id);
    assert.ok(!ids.includes('codex-cli') && ids.includes('claude-code') && ids.at(-1) === 'mine');
  });
});

describe('a plan without a program', () => {
  it('is there if one of its keys is, and has no words to start', async () => {
    const { detect, options } = machine({});
    const without = await detect('zai-glm');
    assert.deepEqual(
      [without.installed, without.command, without.warnings],
      [false, null, ['no key: Z_AI_API_KEY or ZAI_API_KEY is not set']],
    );
    const found = await detect('zai-glm', { env: { ...options.env, ZAI_API_KEY: 'made-up' } });
    assert.deepEqual([found.installed, found.command, found.binary_path], [true, [], null]);
    assert.deepEqual([found.auth.status, found.auth.reason], ['authenticated', 'ZAI_API_KEY is set']);
    assert.doesNotMatch(JSON.stringify(found), /made-up/);
  });
});
