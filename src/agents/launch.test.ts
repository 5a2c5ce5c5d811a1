import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { defaultConfig } from '../config/file/defaults.ts';
import { AgentPoolError } from '../lib/errors.ts';
import { agentSessionId, type LaunchRequest, type RunnableAgent } from './contract/launch.ts';
import { runnable } from './contract/start.ts';
import { allAgents, runnableAgent, spawnableAgent } from './registry.ts';

const scratch = mkdtempSync(join(tmpdir(), 'agentpool-launch-'));
after(() => rmSync(scratch, { recursive: true, force: true }));

const task: LaunchRequest = {
  worker: 'ap_1',
  program: ['/bin/agent'],
  prompt: '--help is broken. Mend it.',
  promptMode: 'send_after_launch',
  readOnly: false,
  model: null,
  reasoningEffort: null,
  serviceTier: null,
  signal: null,
  port: null,
  place: { env: {}, home: scratch },
  folder: '/run/ap_1',
};

const launched = (id: string, request: Partial<LaunchRequest> = {}) =>
  agentOf(id).launch({ ...task, ...request });
const argsOf = (id: string, request?: Partial<LaunchRequest>) => launched(id, request).command.slice(1);

const known = await allAgents();
const [plans, programs] = [true, false].map((isPlan) =>
  known
    .filter(({ descriptor }) => (descriptor.plan !== undefined) === isPlan)
    .map((agent) => runnable(agent, defaultConfig().providers)),
) as [RunnableAgent[], RunnableAgent[]];
const agents = programs;
const agentOf = (id: string): RunnableAgent =>
  agents.find((agent) => agent.id === id) ?? assert.fail(`no agent ${id}`);

describe('an agent that is started', () => {
  it('gets its task as one word that is never read as an option', () => {
    for (const { id } of agents) {
      const args = argsOf(id, { promptMode: 'arg' });
      const last = args.at(-1) ?? '';
      assert.ok(last.endsWith(task.prompt), `${id}: ${args}`);
      const isJoined = /^--(?:interactive|prompt-interactive|execute)=/.test(last);
      assert.ok(args.at(-2) === '--' || args.at(-2) === '--prompt' || isJoined, id);
      assert.ok(!argsOf(id).join(' ').includes(task.prompt), `${id} gets it twice`);
    }
  });

  it('prints what it says, so that a long result is in the transcript', () =>
    assert.equal(launched('claude-code').env.CLAUDE_CODE_DISABLE_ALTERNATE_SCREEN, '1'));

  it('edits nothing where it is only to read', () => {
    const readOnly = (id: string) => launched(id, { readOnly: true });
    assert.deepEqual(readOnly('claude-code').command.slice(-2), ['--permission-mode', 'plan']);
    assert.ok(readOnly('codex-cli').command.join(' ').endsWith('--sandbox read-only'));
    assert.deepEqual(readOnly('cursor-cli').command.slice(1), ['--mode', 'ask']);
    assert.ok(readOnly('copilot-cli').command.join(' ').endsWith('--mode plan'));
    assert.deepEqual(readOnly('droid-cli').command.slice(1), ['--use-spec']);
    assert.deepEqual(JSON.parse(readOnly('opencode').env.OPENCODE_PERMISSION ?? ''), {
      edit: 'deny',
      bash: 'ask',
    });
    assert.deepEqual(readOnly('devin-cli').command.slice(1), ['--permission-mode', 'normal']);
    for (const id of ['gemini-cli', 'qwen-code'])
      assert.deepEqual(readOnly(id).command.slice(1, 3), ['--approval-mode', 'plan']);
    assert.deepEqual(readOnly('kimi-code').command.slice(1), ['--plan']);
    assert.deepEqual(readOnly('grok-build').command.slice(2, 4), ['--permission-mode', 'plan']);
    assert.deepEqual(readOnly('continue').command.slice(1), ['--readonly']);
  });

  it('is never a plan: what works on it is named instead', async () => {
    assert.deepEqual(
      plans.map(({ id }) => id),
      ['zai-glm', 'minimax'],
    );
    for (const plan of plans)
      await assert.rejects(plan.find(task.place), (error: unknown) => {
        assert.ok(error instanceof AgentPoolError);
        assert.equal(error.code, 'INVALID_REQUEST');
        assert.match(error.message, /is a plan without a program.*claude-code, opencode, droid-cli\.$/);
        return true;
      });
  });

  it('gets model, effort and tier in its own words', () => {
    const request = { model: 'm-1', reasoningEffort: 'high' };
    assert.ok(argsOf('claude-code', request).join(' ').endsWith('--model m-1 --effort high'));
    assert.ok(
      argsOf('codex-cli', { ...request, serviceTier: 'priority' })
        .join(' ')
        .endsWith('--model m-1 -c model_reasoning_effort="high" -c service_tier="priority"'),
    );
    assert.ok(argsOf('copilot-cli', request).join(' ').endsWith('--model m-1 --reasoning-effort high'));
    assert.deepEqual(argsOf('opencode', { model: 'mock/m-1' }), ['--model', 'mock/m-1']);
    assert.deepEqual(argsOf('devin-cli', { model: 'opus' }), ['--model', 'opus']);
    assert.deepEqual(argsOf('cursor-cli', { model: 'auto' }), ['--model', 'auto']);
  });

  it('takes its model from a file for the one process where it has no argument for it', () => {
    const { command, files } = launched('droid-cli', { model: 'glm-5.3', reasoningEffort: 'low' });
    assert.deepEqual(command.slice(1), ['--settings', '/run/ap_1/droid-settings.json']);
    assert.deepEqual(JSON.parse(files?.['droid-settings.json'] ?? ''), {
      model: 'glm-5.3',
      reasoningEffort: 'low',
    });
  });

  it('refuses a wish that it could not pass on', () => {
    const refused = (id: string, request: Partial<LaunchRequest>) =>
      assert.throws(() => launched(id, request), { code: 'INVALID_REQUEST' });
    refused('cursor-cli', { reasoningEffort: 'high' });
    refused('opencode', { reasoningEffort: 'high' });
    refused('claude-code', { serviceTier: 'priority' });
  });

  it("asks a person before it runs commands, unless its user's own command says otherwise", () => {
    assert.deepEqual(argsOf('claude-code').slice(-2), ['--permission-mode', 'default']);
    const program = ['/bin/claude', '--resume', '--permission-mode', 'acceptEdits'];
    assert.deepEqual(launched('claude-code', { program }).command, program);
    assert.ok(launched('claude-code', { program, readOnly: true }).command.join(' ').endsWith('plan'));
  });
});

describe('the session of an agent', () => {
  it('has a name that follows from its worker, where the agent takes one', () => {
    for (const id of ['claude-code', 'copilot-cli']) {
      const args = argsOf(id);
      assert.equal(args[args.indexOf('--session-id') + 1], agentSessionId('ap_1'), id);
    }
    assert.match(agentSessionId('ap_1'), /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/);
    assert.notEqual(agentSessionId('ap_1'), agentSessionId('ap_2'));
    assert.ok(!argsOf('codex-cli').includes('--session-id'));
  });

  it("is left to its user's own command where that takes one up", () => {
    for (const words of [['--continue'], ['--resume=1'], ['-c'], ['--session-id', 'x']]) {
      const { command } = launched('claude-code', { program: ['/bin/claude', ...words] });
      assert.ok(!command.includes(agentSessionId('ap_1')), words.join(' '));
    }
  });
});

describe('the signals of an agent', () => {
  const signal = (kind: string) => ['/usr/bin/node', '/opt/agent pool/main.js', 'signal', kind];

  it('are asked for at its start, for the one process', () => {
    const claude = argsOf('claude-code', { signal });
    const { hooks } = JSON.parse(claude[claude.indexOf('--settings') + 1] ?? '');
    assert.deepEqual(hooks.Stop[0].hooks[0], {
      type: 'command',
      command: "/usr/bin/node '/opt/agent pool/main.js' signal turn_ended",
      timeout: 5,
    });
    assert.deepEqual(Object.keys(hooks), ['UserPromptSubmit', 'PermissionRequest', 'Stop', 'StopFailure']);
    const notify = argsOf('codex-cli', { signal }).find((word) => word.startsWith('notify='));
    assert.deepEqual(JSON.parse(notify?.slice('notify='.length) ?? ''), signal('turn_ended'));
    const { files } = launched('droid-cli', { signal });
    assert.ok(JSON.parse(files?.['droid-settings.json'] ?? '').hooks.Stop);
    const copilot = launched('copilot-cli', { signal });
    assert.ok(copilot.command.join(' ').endsWith('--plugin-dir /run/ap_1/copilot-plugin'));
    const plugin = JSON.parse(copilot.files?.['copilot-plugin/hooks.json'] ?? '');
    assert.match(plugin.hooks.agentStop[0].bash, /signal turn_ended$/);
  });

  it('arrive at a port of its own, behind a password, when it is given a port', () => {
    const { command, env, files } = launched('opencode', { signal, port: 4711 });
    assert.ok(command.join(' ').endsWith('--port 4711 --hostname 127.0.0.1'));
    const { port, password } = JSON.parse(files?.['opencode-events.json'] ?? '');
    assert.deepEqual([port, password], [4711, env.OPENCODE_SERVER_PASSWORD]);
    assert.match(password, /^[0-9a-f]{32}$/);
    assert.deepEqual(argsOf('opencode', { signal }), []);
    const kilo = launched('kilo', { signal, port: 4711, readOnly: true }).env;
    assert.match(kilo.KILO_SERVER_PASSWORD ?? '', /^[0-9a-f]{32}$/);
    assert.deepEqual(JSON.parse(kilo.KILO_PERMISSION ?? ''), { edit: 'deny', bash: 'ask' });
    assert.ok(!Object.keys(kilo).some((name) => name.startsWith('OPENCODE')), JSON.stringify(kilo));
    const behindProxy = { env: { NO_PROXY: 'intra.example' }, home: scratch };
    const { NO_PROXY } = launched('opencode', { signal, port: 4711, place: behindProxy }).env;
    assert.equal(NO_PROXY, 'intra.example,127.0.0.1,localhost');
  });

  it("run the user's own notify program too, which Codex would leave out", () => {
    const home = join(scratch, 'codex-home');
    mkdirSync(join(home, '.codex'), { recursive: true });
    const received = join(scratch, 'heard.json');
    const own = ['/bin/sh', '-c', 'printf "%s" "$1" > "$0"', received];
    writeFileSync(join(home, '.codex', 'config.toml'), `notify = ${JSON.stringify(own)}\n[tui]\n`);
    const words = argsOf('codex-cli', { signal: () => ['/bin/true'], place: { env: {}, home } });
    const notify = words.find((word) => word.startsWith('notify='))?.slice('notify='.length) ?? '[]';
    const [program = '', ...args] = JSON.parse(notify) as string[];
    execFileSync(program, [...args, '{"type":"agent-turn-complete"}']);
    assert.equal(readFileSync(received, 'utf8'), '{"type":"agent-turn-complete"}');
  });

  it("leave a settings file of the user's own command alone", () => {
    const program = ['/bin/claude', '--settings', 'mine.json'];
    assert.ok(!launched('claude-code', { program, signal }).command.join(' ').includes('hooks'));
  });
});

describe('the program of an agent', () => {
  const place = (PATH: string) => ({ env: { PATH }, home: scratch, shared_folders: [] });
  const program = (name: string, says: string): string => {
    const path = join(scratch, name);
    writeFileSync(path, `#!/bin/sh\necho '${says}'\n`);
    chmodSync(path, 0o755);
    return path;
  };

  it('is looked for on PATH, and its absence is reported with how to install it', async () => {
    const codex = agentOf('codex-cli');
    await assert.rejects(codex.find(place(join(scratch, 'nothing'))), (error: unknown) => {
      assert.ok(error instanceof AgentPoolError);
      assert.equal(error.code, 'PROVIDER_NOT_INSTALLED');
      assert.match(error.message, /no codex on PATH.*npm install -g @openai\/codex/);
      return true;
    });
    const path = program('codex', 'codex-cli 0.169.0');
    assert.deepEqual(await codex.find(place(scratch)), [path]);
  });

  it("is the user's own where config.yaml names one", async () => {
    const config = defaultConfig();
    const path = program('my-claude', '2.1.330 (Claude Code)');
    config.providers['claude-code'].binary_candidates = ['my-claude'];
    assert.deepEqual(await (await runnableAgent(config, 'claude-code')).find(place(scratch)), [path]);
    config.providers['claude-code'].command = ['my-claude', '--verbose'];
    assert.deepEqual(await (await runnableAgent(config, 'claude-code')).find(place(scratch)), [
      path,
      '--verbose',
    ]);
  });

  it('is not taken for another one of the same name', async () => {
    program('agent', 'ssh agent 9.1');
    const cursor = program('cursor-agent', '2026.10.02-abc');
    assert.deepEqual(await agentOf('cursor-cli').find(place(scratch)), [cursor]);
    const agent = program('agent', '2026.10.02-abc');
    assert.deepEqual(await agentOf('cursor-cli').find(place(scratch)), [agent]);
  });

  it('is not started where config.yaml has switched it off', async () => {
    const config = defaultConfig();
    config.providers.opencode.enabled = false;
    await assert.rejects(spawnableAgent(config, 'opencode'), { code: 'PROVIDER_DISABLED' });
    assert.equal((await runnableAgent(config, 'opencode')).id, 'opencode');
  });
});

describe('Codex with a background server and an alternate screen', () => {
  for (const option of ['--no-daemon', '--no-alt-screen'])
    it(`is started with ${option} where the version has it, and gets it once`, () => {
      const options = new Set([option]);
      assert.ok(argsOf('codex-cli', { versionOptions: options }).includes(option));
      assert.ok(!argsOf('codex-cli').includes(option));
      const program = ['/bin/codex', option];
      assert.ok(
        !launched('codex-cli', { versionOptions: options, program }).command.slice(2).includes(option),
      );
    });
});
