import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { EXAMPLE } from '../../../scripts/docs/configuration.ts';
import type { Config } from '../schema.ts';
import { defaultConfig } from './defaults.ts';
import { parse } from './parse.ts';
import { type Problem, problemLine } from './problems.ts';
import { configTemplate } from './template.ts';

const defaults = defaultConfig();

function config(text: string): Config {
  const parsed = parse(text);
  assert.ok(parsed.config, JSON.stringify(parsed));
  return parsed.config;
}

function problems(text: string): Problem[] {
  const parsed = parse(text);
  return parsed.config ? parsed.warnings : parsed.problems;
}

/** The first problem as a person reads it. */
function reported(text: string): string {
  const [first] = problems(text);
  assert.ok(first, 'no problem was found');
  return problemLine('config.yaml', first);
}

describe('a config file', () => {
  it('without values gives the defaults', () => {
    for (const text of ['', '\n', '# only a comment\n', 'policy:\n', '{}', '---\n', 'null']) {
      assert.deepEqual(config(text), defaults);
      assert.deepEqual(problems(text), []);
    }
  });

  it('changes what it names and leaves the rest', () => {
    const read = config('policy:\n  max_parallel_sessions: 9\nproviders:\n  codex-cli: {enabled: false}\n');
    assert.equal(read.policy.max_parallel_sessions, 9);
    assert.equal(read.policy.min_remaining_percent, 10);
    assert.equal(read.providers['codex-cli'].enabled, false);
    assert.deepEqual(read.providers['codex-cli'].binary_candidates, ['codex']);
  });

  it('never changes the defaults themselves', () => {
    const read = config('');
    read.policy.denied_providers.push('codex-cli');
    read.providers['codex-cli'].binary_candidates.push('x');
    assert.deepEqual(config(''), defaults);
  });

  it('completes the entries of its lists', () => {
    const read = config('custom_providers:\n  - id: mine\n    command: [mine]\n    models: [{id: big}]\n');
    assert.deepEqual(read.custom_providers, [
      {
        id: 'mine',
        display_name: null,
        command: ['mine'],
        prompt_mode: 'send_after_launch',
        model_arg: null,
        read_only_args: [],
        env: {},
        metadata: {},
        models: [
          {
            id: 'big',
            display_name: null,
            aliases: [],
            source: 'config',
            confidence: 'local_config',
            metadata: {},
          },
        ],
      },
    ]);
  });

  it('may share values through anchors', () => {
    const read = config('policy:\n  allowed_providers: &few [codex-cli]\n  denied_providers: *few\n');
    assert.deepEqual(read.policy.denied_providers, ['codex-cli']);
  });

  it('as init writes it changes nothing, and with every # removed it has exactly the defaults', () => {
    const template = configTemplate();
    assert.deepEqual(config(template), defaults);
    const uncommented = template.replaceAll(/^( *)# (?=[\w-]+:)/gm, '$1');
    assert.ok(uncommented.includes('\n  max_parallel_sessions: 4\n'));
    assert.deepEqual(config(uncommented), defaults);
    assert.deepEqual(problems(uncommented), []);
  });

  it('as the documentation shows it is valid', () => assert.deepEqual(problems(EXAMPLE), []));
});

describe('an error in a config file is reported with its position, the reason and a valid value', () => {
  for (const [what, text, expected] of [
    ['a tab', 'policy:\n\tmax: 1', /^config\.yaml:2:1: Tabs are not allowed.*Use spaces/],
    ['an open bracket', 'a: [1', /^config\.yaml:1:6: .*close every bracket/],
    ['a key given twice', 'version: 1\nversion: 1', /^config\.yaml:2:1: Map keys must be unique.*Keep one/],
    ['two documents', 'version: 1\n---\nversion: 1', /^config\.yaml:2:1: there is more than one document/],
    ['a tag', 'version: !!js/function x', /^config\.yaml:1:10: .*Remove the tag/],
    ['an alias without anchor', 'policy: *none', /^config\.yaml:1:9: the alias \*none has no anchor/],
    ['an alias in itself', 'policy: &p\n  x: *p', /^config\.yaml:2:6: the alias \*p contains itself/],
    ['a list', '- a\n- b', /^config\.yaml:1:1: it is a list, but a config file is keys with values/],
    ['a word', 'hello', /^config\.yaml:1:1: it is "hello", but/],
    ['a section that is a number', 'policy: 5', /^config\.yaml:1:9: policy is 5\. Write keys: /],
    [
      'text for a number',
      'policy:\n  max_parallel_sessions: many',
      /^config\.yaml:2:26: policy\.max_parallel_sessions is "many"\. Write a whole number from 1 to 100, for example 4\.$/,
    ],
    [
      'too large a number',
      'policy:\n  min_remaining_percent: 101',
      /:2:26: .* is 101\. Write a number from 0 to 100/,
    ],
    ['a fraction', 'policy: {max_parallel_sessions: 1.5}', /:1:33: .* is 1\.5\. Write a whole number/],
    ['not a number', 'policy: {min_remaining_percent: .nan}', /is NaN\. Write a number from 0 to 100/],
    [
      'yes for true',
      'policy:\n  allow_raw_keys: yes',
      /is "yes"\. Write true or false, for example false\.$/,
    ],
    ['a word of its own', 'policy: {default_isolation: none}', /Write one of read_only, worktree, shared/],
    [
      'auto routing',
      'policy:\n  allow_auto_routing: true',
      /:2:23: policy\.allow_auto_routing is true\. Write false, or remove the line: AgentPool never chooses/,
    ],
    [
      'a command as text',
      'providers: {opencode: {command: oc}}',
      /is "oc"\. Write a list of words, for example/,
    ],
    [
      'another notification',
      'notify: loud',
      /notify is "loud"\. Write off, bell, desktop or a command as a list/,
    ],
    [
      'a notification without its command',
      'notify: {command: []}',
      /notify is keys with values\. Write off, bell/,
    ],
    [
      'a custom provider without a command',
      'custom_providers:\n  - id: mine',
      /:2:5: custom_providers\[0\] needs command\. Add command: a list of words/,
    ],
    ['the version of a later file', 'version: 2', /:1:10: version is 2\. Write 1\.$/],
  ] as const) {
    it(what, () => {
      assert.equal(parse(text).config, null);
      assert.match(reported(text), expected);
    });
  }

  it('together with all others, not only the first', () => {
    const found = problems(
      'policy:\n  max_parallel_sessions: 0\n  allow_raw_keys: 1\nwatcher: {enabled: 7}\n',
    );
    assert.deepEqual(
      found.map(({ path, line }) => [path, line]),
      [
        ['policy.max_parallel_sessions', 2],
        ['policy.allow_raw_keys', 3],
        ['watcher.enabled', 4],
      ],
    );
  });

  it('for a misspelled denial, which would allow a provider; a misspelled permission is a warning', () => {
    assert.equal(parse('policy: {denied_providers: [codex-cl]}').config, null);
    assert.match(
      reported('policy: {denied_providers: [codex-cl]}'),
      /names "codex-cl", which is no provider\. Did you mean codex-cli\?$/,
    );
    assert.ok(parse('policy: {allowed_providers: [codex-cl]}').config);
    assert.deepEqual(
      problems('policy: {denied_providers: [mine]}\ncustom_providers: [{id: mine, command: [x]}]'),
      [],
    );
  });

  it('refuses a custom provider whose name is taken', () => {
    for (const id of ['codex-cli', 'auto']) {
      assert.match(
        reported(`custom_providers: [{id: ${id}, command: [x]}]`),
        /custom_providers\[0\]\.id is .* taken/,
      );
    }
    assert.match(
      reported('custom_providers: [{id: a, command: [x]}, {id: a, command: [x]}]'),
      /custom_providers\[1\]\.id is a, which is taken/,
    );
    assert.match(
      reported('custom_providers: [{id: A B, command: [x]}]'),
      /is "A B"\. Write lowercase letters/,
    );
  });
});

describe('the short name of a provider', () => {
  it('is read as its id, wherever a config names a provider', () => {
    const read = config(`
policy: {denied_providers: [codex], allowed_providers: [claude, cursor-cli]}
providers: {droid: {enabled: false}}
startup_answers: {claude: {trust: accept}}
signals: {copilot: false}
`);
    assert.deepEqual(read.policy.denied_providers, ['codex-cli']);
    assert.deepEqual(read.policy.allowed_providers, ['claude-code', 'cursor-cli']);
    assert.equal(read.providers['droid-cli'].enabled, false);
    assert.deepEqual(read.startup_answers['claude-code'], { trust: 'accept', update: 'ask' });
    assert.equal(read.signals['copilot-cli'], false);
  });

  it('is read in the name of an account too, which has to be there', () => {
    const accounts = 'providers: { claude-code: { accounts: [{ name: work }] } }\n';
    const text = (list: string) =>
      `${accounts}policy: { denied_providers: [${list}], allow_overage_for: [codex] }`;
    const { policy } = config(text('claude@work, claude@default'));
    assert.deepEqual(policy.denied_providers, ['claude-code@work', 'claude-code@default']);
    assert.deepEqual(policy.allow_overage_for, ['codex-cli']);
    assert.match(reported(text('claude@wrok')), /Did you mean claude-code@work/);
  });

  it('appears in a problem as the file has it', () =>
    assert.match(
      reported('providers:\n  codex:\n    enabled: maybe'),
      /^config\.yaml:3:14: providers\.codex\.enabled is "maybe"/,
    ));

  it('is a problem next to the id itself', () =>
    assert.match(
      reported('providers:\n  codex-cli: {}\n  codex: {enabled: false}'),
      /:3:3: providers\.codex is codex-cli, which is there too\. Keep one of the two\.$/,
    ));

  it('is the custom provider that has it as its id', () => {
    const read = config(
      'policy: {denied_providers: [codex]}\ncustom_providers: [{id: codex, command: [my-codex]}]',
    );
    assert.deepEqual(read.policy.denied_providers, ['codex']);
  });
});

describe('an unknown key', () => {
  for (const [text, expected] of [
    [
      'policy:\n  max_paralel_sessions: 2',
      /^config\.yaml:2:3: policy\.max_paralel_sessions is not a key .* Did you mean max_parallel_sessions\?$/,
    ],
    ['polcy: {}', /^config\.yaml:1:1: polcy .* Did you mean policy\?$/],
    [
      'providers:\n  claude-cod: {enabled: false}',
      /:2:3: providers\.claude-cod .* Did you mean claude-code\?$/,
    ],
    ['max_parallel_sessions: 2', /It belongs to policy\.$/],
    ['runtime: {capture_lines: 2}', /It belongs to runtime\.tmux\.$/],
    ['zebra: 1', /Known here: version, storage, policy/],
    ['custom_providers: [{id: a, command: [b], promt_mode: arg}]', /Did you mean prompt_mode\?$/],
    ['__proto__: {polluted: true}', /__proto__ is not a key/],
    ['constructor: {prototype: {polluted: true}}', /constructor is not a key/],
  ] as const) {
    it(`is a warning: ${JSON.stringify(text)}`, () => {
      assert.ok(parse(text).config);
      assert.match(reported(text), expected);
    });
  }

  it('is ignored', () => {
    const read = config('policy: {zebra: 1}\n__proto__: {polluted: true}') as unknown as Record<
      string,
      unknown
    >;
    assert.deepEqual(read, { ...defaults });
    assert.equal(({} as Record<string, unknown>).polluted, undefined);
  });
});

describe('a file of the Python AgentPool', () => {
  const file = `
version: 1
storage: {db_path: ~/.agentpool/agentpool.sqlite, artifact_root: ~/.agentpool/artifacts}
runtime:
  default: tmux
  terminal_control: {enabled: false, binary: termctrl, host: null, artifacts: {save_json: true}}
providers:
  fake-question:
    enabled: true
    binary_candidates: [/usr/bin/python3]
    command: [/usr/bin/python3, /lib/agentpool/fixtures/fake_agents/fake_question_agent.py]
    models: [{id: fake, source: config, confidence: local_config}]
    metadata: {fake: true}
  copilot-cli: {binary_candidates: [gh], command: [gh, copilot]}
custom_providers: []
`;
  it('loads', () => {
    const read = config(file);
    assert.deepEqual(read.providers['copilot-cli'].command, ['gh', 'copilot']);
    assert.equal(read.storage.artifact_root, '~/.agentpool/artifacts');
  });

  it('does not open its database, and warns', () => {
    assert.equal(config(file).storage.db_path, '~/.agentpool/ledger.sqlite');
    assert.match(
      reported(file),
      /^config\.yaml:3:20: storage\.db_path is the database of the Python AgentPool/,
    );
  });

  it('does not run its fake agents', () => {
    assert.equal(config(file).providers['fake-question'].command, null);
  });
});

describe('no text', () => {
  it('makes the parser throw, and every error has a message and a fix', () => {
    const piece = fc.constantFrom(
      ...[
        'policy:',
        ' ',
        '\n',
        '  ',
        '- ',
        '[',
        ']',
        '{',
        '}',
        '&a',
        '*a',
        '!!x',
        '"',
        "'",
        ':',
        '#',
        '|',
        '>',
      ],
      ...[
        'max_parallel_sessions',
        'notify',
        'providers',
        'codex-cli',
        '1',
        'true',
        'null',
        '\t',
        '\0',
        '\u2028',
        '🦀',
      ],
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        for (const problem of problems(pieces.join(''))) assert.ok(problem.message && problem.fix);
      }),
      { numRuns: 500 },
    );
  });

  it('crashes the process by its depth', () => {
    for (const text of [
      '['.repeat(100_000),
      '- '.repeat(100_000),
      '{a: '.repeat(50_000),
      '? '.repeat(50_000),
    ]) {
      assert.match(reported(text), /it is nested too deeply/);
    }
    const stairs = Array.from({ length: 500 }, (_, depth) => `${' '.repeat(depth)}a:`).join('\n');
    assert.match(reported(stairs), /it is nested too deeply/);
  });

  it('explodes through its aliases', () => {
    const levels = 'bcdefghij'.split('').map((name, index) => {
      const below = 'abcdefghi'[index];
      return `${name}: &${name} [${Array(9).fill(`*${below}`).join(', ')}]`;
    });
    const text = `metadata:\n  a: &a [x, x, x]\n${levels.map((line) => `  ${line}`).join('\n')}\n`;
    assert.match(reported(text), /Excessive alias count|alias/);
  });
});
