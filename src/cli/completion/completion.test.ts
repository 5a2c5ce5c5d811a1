import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';
import { packageRoot } from '../../lib/package-root.ts';
import { Home } from '../../workers/testing/home.ts';
import { commands } from '../commands/index.ts';
import { everyGrammar } from '../grammar/every.ts';
import { Terminal } from '../testing/terminal.ts';
import { candidates } from './candidates.ts';
import type { Shell } from './scripts.ts';

const grammars = await everyGrammar(commands);
const valuesFor = (...typed: string[]) => candidates(grammars, typed).words.map(({ value }) => value);

describe('what may come next', () => {
  it('is a command, then its options and arguments', () => {
    assert.ok(valuesFor('').includes('spawn'));
    assert.ok(valuesFor('').includes('ledger'));
    assert.ok(valuesFor('ledger', '').includes('verify'));
    assert.ok(valuesFor('help', 'ledger', '').includes('verify'));
    assert.deepEqual(valuesFor('nothing', ''), []);
  });

  it('is an option that is not given yet', () => {
    const left = valuesFor('spawn', '--provider', 'codex-cli', '--allowed-file', 'a.ts', '-');
    assert.ok(left.includes('--model') && left.includes('--allowed-file') && left.includes('--help'));
    assert.ok(!left.includes('--provider'));
    assert.ok(valuesFor('usage', '--').includes('--no-interactive'));
  });

  it('is a value of the preceding option, or of the option in the same word', () => {
    assert.deepEqual(valuesFor('collect', '@last', '--detail', ''), ['summary', 'excerpt', 'full']);
    const bound = candidates(grammars, ['collect', '@last', '--detail=']);
    assert.equal(bound.prefix, '--detail=');
    assert.ok(bound.words.some(({ value }) => value === 'excerpt'));
  });

  it('is an optional value, or the next option', () => {
    const spawn = (...words: string[]) => valuesFor('spawn', '--provider', 'codex-cli', ...words);
    assert.ok(spawn('--wait', '').includes('question'));
    assert.ok(spawn('--wait', '--').includes('--task'));
    assert.ok(spawn('--wait', '--task', 'x', '--').includes('--model'));
    assert.ok(!spawn('').includes('question'));
  });

  it('comes from this home for words that depend on it', () => {
    assert.equal(candidates(grammars, ['observe', '']).live, 'session');
    assert.equal(candidates(grammars, ['spawn', '--provider', '']).live, 'provider');
    const model = candidates(grammars, ['spawn', '--provider', 'codex-cli', '--model', '']);
    assert.deepEqual([model.live, model.provider], ['model', 'codex-cli']);
    assert.equal(candidates(grammars, ['spawn', '--repo', '']).live, 'folder');
    assert.equal(candidates(grammars, ['help', 'error', '']).live, 'error');
  });
});

describe('agentpool complete', () => {
  const home = new Home();
  const complete = async (...typed: string[]) => {
    const { stdout, stderr, code } = await home.run(['complete', 'zsh', ...typed]);
    assert.deepEqual([stderr, code], ['', 0]);
    return stdout.split('\n').map((line) => line.split('\t', 1)[0]);
  };

  it('prints nothing and creates nothing without a ledger or with an invalid config', async () => {
    assert.deepEqual(await complete('observe', ''), ['']);
    mkdirSync(home.folder, { recursive: true });
    writeFileSync(join(home.folder, 'config.yaml'), 'policy: [');
    assert.deepEqual(await complete('observe', ''), ['']);
    assert.ok((await complete('spawn', '--provider', 'codex')).includes('codex-cli'));
    writeFileSync(join(home.folder, 'config.yaml'), 'version: 1\n');
  });

  it('offers agents where a word begins like one, and completes a line of theirs as one of run', async () => {
    assert.ok((await complete('cla')).includes('claude'));
    assert.ok(!(await complete('')).includes('claude'));
    const options = await complete('claude', '--');
    assert.ok(options.includes('--isolation') && !options.includes('--provider'), String(options));
    assert.ok((await complete('claude', 'Fix the test', '--model', '')).length > 1);
    assert.ok((await complete('ledger', '')).includes('verify'));
  });

  it('knows the workers of the home, the models of a provider and the codes of errors', async () => {
    const { session_id } = await home.json(['spawn', '--provider', 'fake-completed', '--task', 'Look']);
    assert.deepEqual((await complete('observe', '')).slice(0, 2), ['@last', session_id]);
    const models = await complete('spawn', '--provider', 'claude-code', '--model', '');
    assert.ok(models.length > 1, String(models));
    assert.deepEqual(await complete('help', 'error', 'LEASE_C'), ['LEASE_CONFLICT', '']);
  });
});

const starts: Record<Shell, (folder: string) => string[]> = {
  bash: (folder) => ['bash', '--noprofile', '--rcfile', join(folder, 'bashrc'), '-i'],
  zsh: (folder) => ['env', `ZDOTDIR=${folder}`, 'zsh', '-d', '-i'],
  fish: (folder) => ['env', `XDG_CONFIG_HOME=${folder}`, `XDG_DATA_HOME=${folder}/data`, 'fish', '-i'],
};

describe('completion in a real shell', () => {
  const home = new Home();
  const bin = join(home.ground, 'bin');
  const folder = join(home.ground, 'rc');
  let id = '';

  before(async () => {
    mkdirSync(bin);
    mkdirSync(join(folder, 'fish'), { recursive: true });
    const main = join(packageRoot(), 'dist', 'main.js');
    const program = `#!/bin/sh\nexec '${process.execPath}' '${main}' "$@"\n`;
    writeFileSync(join(bin, 'agentpool'), program, { mode: 0o755 });
    writeFileSync(join(folder, 'bashrc'), "PS1='$ '\nsource <(agentpool completion bash)\n");
    const zsh = "PS1='$ '\nautoload -Uz compinit && compinit -u\nsource <(agentpool completion zsh)\n";
    writeFileSync(join(folder, '.zshrc'), zsh);
    const fish =
      'function fish_prompt; echo "\\$ "; end\nset -g fish_greeting\nagentpool completion fish | source\n';
    writeFileSync(join(folder, 'fish', 'config.fish'), fish);
    id = (await home.json(['spawn', '--provider', 'fake-completed', '--task', 'Look'])).session_id;
  });

  for (const [shell, start] of Object.entries(starts)) {
    const missing = spawnSync(shell, ['--version']).error ? `${shell} is not installed here` : false;
    it(`works in ${shell}`, { skip: missing }, async () => {
      const given = Object.entries({ ...home.env, PATH: `${bin}:${home.env.PATH}` });
      const env = Object.fromEntries(given.flatMap(([key, value]) => (value ? [[key, value]] : [])));
      const terminal = new Terminal({ repo: home.repo, env }, { shell: start(folder) });
      await terminal.shows(/^\$ ?$/m);
      const types = async (typed: string, seen: RegExp) => {
        terminal.press('-l', typed);
        terminal.press('Tab');
        await terminal.shows(seen);
        terminal.press('C-u');
        terminal.press('C-l');
        await terminal.shows(/^\s*\$\s*$/);
      };
      await types('agentpool termi', /agentpool terminate/);
      await types('agentpool claud', /agentpool claude/);
      await types('agentpool claude fix --isol', /agentpool claude fix --isolation/);
      await types(`agentpool logs ${id.slice(0, 7)}`, new RegExp(`agentpool logs ${id}`));
      await types('agentpool ledger verif', /agentpool ledger verify/);
      await types('agentpool collect @last --det', /--detail/);
      await types('agentpool collect @last --detail exc', /--detail excerpt/);
      await types('agentpool collect @last --detail=exc', /--detail=excerpt/);
      await types('agentpool observe @l', /agentpool observe @last/);
      await types(`agentpool observe ${id.slice(0, 7)}`, new RegExp(`agentpool observe ${id}`));
      await types('agentpool spawn --provider fake-qu', /--provider fake-question/);
      await types('agentpool ledger import a.t', /import a\.txt/);
    });
  }
});
