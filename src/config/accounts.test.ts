import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  accountEnvironment,
  accountKeys,
  accountNamed,
  accountOfKey,
  inAccount,
  keyOfWorker,
} from './accounts.ts';
import { withAccount } from './file/add-account.ts';
import { parse } from './file/parse.ts';
import { configTemplate } from './file/template.ts';

function configOf(text: string) {
  const { config } = parse(text);
  assert.ok(config);
  return config;
}

const work = configOf(`
providers:
  claude:
    accounts:
      - { name: work, folder: /logins/work }
      - { name: key, folder: /logins/key, env: { ANTHROPIC_API_KEY: secret } }
  cursor: { accounts: [{ name: other, folder: /logins/other }] }
`);

describe('the accounts of a config', () => {
  it('are each provider, and its further logins behind it', () => {
    const keys = accountKeys(work).filter((key) => /^(claude|cursor)/.test(key));
    assert.deepEqual(keys, [
      'claude-code',
      'claude-code@work',
      'claude-code@key',
      'cursor-cli',
      'cursor-cli@other',
    ]);
  });

  it('are named by short or full name, with the account in the word or beside it', () => {
    for (const [word, beside] of [
      ['claude@work', null],
      ['claude-code', 'work'],
      ['claude-code@work', 'work'],
    ] as const)
      assert.equal(accountNamed(work, word, beside).key, 'claude-code@work');
    assert.equal(accountNamed(work, 'claude').key, 'claude-code');
    assert.equal(accountNamed(work, 'claude@default').key, 'claude-code');
  });

  it('are refused where there is none of that name, or two are named', () => {
    assert.throws(() => accountNamed(work, 'claude@wrk'), {
      code: 'ACCOUNT_NOT_FOUND',
      message: /Did you mean work/,
    });
    assert.throws(() => accountNamed(work, 'claud@work'), { code: 'PROVIDER_NOT_FOUND' });
    assert.throws(() => accountNamed(work, 'claude@work', 'key'), { code: 'INVALID_REQUEST' });
    assert.equal(accountOfKey(work, 'claude-code@gone'), null);
    // A worker of an account that was removed says nothing about the default one.
    assert.equal(keyOfWorker({ provider_id: 'claude-code', account: 'gone' }), 'claude-code@gone');
    assert.equal(keyOfWorker({ provider_id: 'claude-code', account: null }), 'claude-code');
  });

  it('have names that are different from each other and from default', () => {
    for (const name of ['default', 'work']) {
      const parsed = parse(`providers: {claude: {accounts: [{name: work}, {name: ${name}}]}}`);
      assert.match(JSON.stringify(parsed), /claude.accounts\[1\].name.*is taken/);
    }
  });
});

describe('the environment of an account', () => {
  const caller = { HOME: '/home/dev', CLAUDE_CONFIG_DIR: '/own', ANTHROPIC_API_KEY: 'mine', PATH: '/bin' };
  const seen = (key: string) => {
    const account = accountOfKey(work, key);
    assert.ok(account);
    const { env, home } = inAccount({ env: caller, home: '/home/dev' }, account);
    return { config: env.CLAUDE_CONFIG_DIR, key: env.ANTHROPIC_API_KEY, home, path: env.PATH };
  };

  it("is the caller's own for the default account", () =>
    assert.deepEqual(seen('claude-code'), { config: '/own', key: 'mine', home: '/home/dev', path: '/bin' }));

  it("has its folder, and no login of the caller's", () =>
    assert.deepEqual(seen('claude-code@work'), {
      config: '/logins/work',
      key: undefined,
      home: '/home/dev',
      path: '/bin',
    }));

  it('has the variables that config.yaml sets', () => assert.equal(seen('claude-code@key').key, 'secret'));

  it('is a home of its own for an agent that has no variable for its folder', () => {
    const other = accountNamed(work, 'cursor@other');
    assert.deepEqual(accountEnvironment(other), { HOME: '/logins/other' });
    assert.equal(inAccount({ env: caller, home: '/home/dev' }, other).home, '/logins/other');
  });
});

describe('an account that is added to a config file', () => {
  const added = { provider: 'claude-code', name: 'work', folder: null } as const;

  it('stands beside what the file has, with its comments', () => {
    const before = '# mine\nversion: 1\nproviders:\n  # the old one\n  claude:\n    enabled: true # on\n';
    const text = withAccount(before, added);
    assert.match(text, /^# mine\n[\s\S]*# the old one\n {2}claude:\n {4}enabled: true # on\n {4}accounts:\n/);
    assert.deepEqual(
      configOf(text).providers['claude-code'].accounts.map(({ name }) => name),
      ['work'],
    );
  });

  it('leaves every commented key of the file that init writes', () => {
    const before = configTemplate();
    const after = withAccount(before, added)
      .split('\n')
      .map((line) => line.trim());
    const lost = before.split('\n').filter((line) => line.trim() !== '' && !after.includes(line.trim()));
    assert.deepEqual(lost, []);
  });

  it('is the first line of an empty file, and one of several', () => {
    const once = withAccount('', added);
    const twice = withAccount(once, { provider: 'claude-code', name: 'home', folder: '~/x' });
    assert.deepEqual(
      configOf(twice).providers['claude-code'].accounts.map(({ name, folder }) => [name, folder]),
      [
        ['work', null],
        ['home', '~/x'],
      ],
    );
  });

  it('changes nothing in a file that is not YAML', () => assert.equal(withAccount('a: [', added), 'a: ['));
});
