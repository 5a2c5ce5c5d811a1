import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { parse } from 'yaml';
import { AGENT_IDS } from '../config/provider-ids.ts';
import { AgentPoolError } from '../lib/errors.ts';
import { classify } from '../terminal/detection/classify.ts';
import { GENERAL, loadRules, ruleProviders, rulesIn } from '../terminal/detection/rules/load.ts';
import { checkRuleFile } from '../terminal/detection/rules/rule-file.ts';
import { screenFromText } from '../terminal/detection/screen/screen-from-text.ts';
import { builtinRules, versionsSeen } from './screen-rules.ts';

const root = mkdtempSync(join(tmpdir(), 'agentpool-rules-'));
after(() => rmSync(root, { recursive: true, force: true }));

let count = 0;
function folderWith(files: Record<string, string>): string {
  const folder = join(root, String(count++));
  mkdirSync(folder);
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
}

const thrown = (run: () => unknown): AgentPoolError => {
  try {
    run();
  } catch (error) {
    assert.ok(error instanceof AgentPoolError);
    return error;
  }
  throw new assert.AssertionError({ message: 'nothing was thrown' });
};

const spinning = ['· Hatching ~ 3s', '', '─'.repeat(80), '❯', '─'.repeat(80)].join('\n');
const hatching = `provider: claude-code
rules:
  - name: hatching
    yields: working
    when: [{ line: '^· Hatching' }]
    why: a new spinner
`;

describe('the rules that come with AgentPool', () => {
  it('are there for every agent whose screens were seen, and sound', () => {
    const providers = ruleProviders([builtinRules]);
    const without = AGENT_IDS.filter((id) => !providers.includes(id));
    for (const id of AGENT_IDS) {
      const isDrawn = existsSync(join(import.meta.dirname, id, 'testing', 'screens.ts'));
      assert.equal(providers.includes(id), isDrawn, id);
    }
    for (const provider of providers)
      assert.deepEqual(checkRuleFile(builtinRules.fileFor(provider) ?? '', provider), []);
    for (const id of without) assert.equal(loadRules(id, [builtinRules]).provider, 'general');
  });

  it('name the versions that they were tried with, oldest first', () => {
    const agents = ruleProviders([builtinRules]).filter((provider) => provider !== GENERAL);
    for (const provider of agents) {
      const versions = versionsSeen(provider, null);
      assert.ok(versions.length > 0, provider);
      const written = parse(readFileSync(builtinRules.fileFor(provider) ?? '', 'utf8')).versions;
      assert.deepEqual(written, versions);
    }
    assert.deepEqual(versionsSeen('some-new-agent', null), []);
  });

  it('say why, each of them', () => {
    for (const provider of ruleProviders([builtinRules])) {
      for (const rule of loadRules(provider, [builtinRules]).rules)
        assert.ok(rule.why.length > 10, `${provider}: ${rule.name}`);
    }
  });

  it('fall back on the general ones for an agent without rules of its own', () => {
    assert.equal(loadRules('other', [builtinRules]).provider, 'general');
    assert.equal(loadRules('some-new-agent', [builtinRules]).provider, 'general');
    assert.equal(loadRules('opencode', [builtinRules]).fallback?.provider, 'general');
  });
});

describe('the rules of a fork', () => {
  const rulesOf = (text: string) =>
    loadRules('my-fork', [builtinRules, rulesIn(folderWith({ 'my-fork.yaml': text }))]);

  it('are those of its base, with its own over them, and versions of its own', () => {
    const names = (provider: string) => loadRules(provider, [builtinRules]).rules.map(({ name }) => name);
    assert.ok(names('opencode').every((name) => names('kilo').includes(name)));
    assert.equal(loadRules('kilo', [builtinRules]).layout.boxes.length, 3);
    assert.ok(!versionsSeen('kilo', null).includes('1.18.33'));
    const fork = rulesOf(
      'provider: my-fork\nbase: opencode\nrules:\n  - { name: running-bar, disabled: true }\n',
    );
    assert.equal(fork.rules.length, names('opencode').length - 1);
  });

  it('name the file whose base has none, or is no name', () => {
    const noRules = thrown(() => rulesOf('provider: my-fork\nbase: nothing\nrules: []\n'));
    assert.equal(noRules.code, 'RULES_INVALID');
    assert.match(noRules.message, /my-fork\.yaml.*its base, nothing, has no rules/);
    assert.equal(thrown(() => rulesOf('provider: my-fork\nbase: ../x\nrules: []\n')).code, 'RULES_INVALID');
  });
});

describe('a user’s rules laid over ours', () => {
  it('add the versions that the user tried them with', () => {
    const folder = folderWith({
      'opencode.yaml': "provider: opencode\nversions: ['1.2', '9.0']\nrules: []\n",
    });
    const versions = versionsSeen('opencode', folder);
    assert.deepEqual([versions.includes('1.2'), versions.at(-1)], [true, '9.0']);
    const beta = folderWith({ 'opencode.yaml': "provider: opencode\nversions: ['2-beta']\nrules: []\n" });
    assert.equal(thrown(() => versionsSeen('opencode', beta)).code, 'RULES_INVALID');
  });

  it('add a rule that mends a new screen', () => {
    const screen = screenFromText(spinning);
    assert.equal(classify(screen, loadRules('claude-code', [builtinRules])).label, 'idle');
    const folders = [builtinRules, rulesIn(folderWith({ 'claude-code.yaml': hatching }))];
    assert.equal(classify(screen, loadRules('claude-code', folders)).label, 'working');
  });

  it('replace the rule of the same name', () => {
    const replaced = hatching.replace('name: hatching', 'name: spinner');
    const rules = loadRules('claude-code', [
      builtinRules,
      rulesIn(folderWith({ 'claude-code.yaml': replaced })),
    ]);
    assert.equal(classify(screenFromText(spinning), rules).rule, 'spinner');
    assert.equal(rules.rules.filter((rule) => rule.name === 'spinner').length, 1);
  });

  it('drop a rule that is disabled', () => {
    const dropped = 'provider: claude-code\nrules:\n  - { name: box-idle, disabled: true }\n';
    const rules = loadRules('claude-code', [
      builtinRules,
      rulesIn(folderWith({ 'claude-code.yaml': dropped })),
    ]);
    assert.ok(!rules.rules.some((rule) => rule.name === 'box-idle'));
  });

  it('leave ours alone where the folder does not exist', () => {
    const rules = loadRules('codex-cli', [builtinRules, rulesIn(join(root, 'nowhere'))]);
    assert.equal(rules.rules.length, loadRules('codex-cli', [builtinRules]).rules.length);
  });
});

describe('a faulty rule file', () => {
  const fault = (text: string, name = 'claude-code.yaml') => {
    const error = thrown(() =>
      loadRules('claude-code', [builtinRules, rulesIn(folderWith({ [name]: text }))]),
    );
    assert.equal(error.code, 'RULES_INVALID');
    return error.message;
  };

  it('with a pattern that does not compile is refused with file, line, rule and reason', () => {
    const message = fault(hatching.replace("'^· Hatching'", "'(unclosed'"));
    assert.match(message, /claude-code\.yaml:5: rule hatching: Invalid regular expression/);
  });

  it('with an unknown word is refused', () => {
    assert.match(fault(hatching.replace('working', 'busy')), /claude-code\.yaml:4: rule hatching: /);
  });

  it('with an unknown key is refused and the key is named', () => {
    assert.match(fault(hatching.replace('why:', 'because:')), /rule hatching: .*because/);
  });

  it('with a rule that would match every screen is refused', () => {
    const message = fault('provider: claude-code\nrules:\n  - name: always\n    yields: idle\n');
    assert.match(message, /:3: rule always: when or any is missing/);
  });

  it('that is not YAML is refused with its line', () => {
    assert.match(
      fault('provider: claude-code\nrules:\n  - name: "open\n'),
      /claude-code\.yaml:\d+: not YAML/,
    );
  });

  it('whose provider is not its name is refused', () => {
    assert.match(
      fault(hatching.replace('claude-code', 'codex-cli')),
      /claude-code\.yaml:1: .*named claude-code/,
    );
  });
});
