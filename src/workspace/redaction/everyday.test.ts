import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { redact, replaced } from './redaction.ts';
import { ScreenSecrets } from './screen/screen.ts';

const COLS = 120;
const ESC = '\u001b';

/** What a recording shows of a screen; `below`: the cursor is in an input box, else at the end of the last row. */
function recorded(screen: string, below: boolean): string {
  const rows = screen.split('\n').map((text) => ({ text, wrapped: false }));
  const last = rows.length - 1;
  const cursor = below ? null : { row: last, offset: rows[last]?.text.length ?? 0 };
  const ranges = new ScreenSecrets().on(rows, { cols: COLS, above: [] }, cursor);
  return rows.map(({ text }, index) => replaced(text, ranges[index] ?? [])).join('\n');
}

/** A text is the same in a file and, with any number of its rows printed, on a recorded screen. */
function shown(text: string): void {
  assert.equal(redact(text), text);
  const rows = text.split('\n');
  for (const [index] of rows.entries()) {
    const screen = rows.slice(0, index + 1).join('\n');
    assert.equal(recorded(screen, false), screen);
    assert.equal(recorded(screen, true), screen);
  }
}

describe('everyday output is shown, also in a recording:', () => {
  it('results of test runners', () => {
    for (const text of [
      ' PASS  test/login-limit.test.ts',
      '• Bash(npm test -- login-limit)\n  ⎿   PASS  test/login-limit.test.ts\n     Tests: 5 passed, 5 total',
      '> jest login-limit\n\n PASS  test/login-limit.test.ts\n FAIL  test/login.test.ts\n  login\n    ✓ refuses a wrong password (12 ms)',
      'PASS test/a1b2.test.ts\nPASS src/x.test.ts (5.1 s)\nFAIL src/app-2fa.test.js',
      'PASS e2e/checkout-3ds.spec.tsx (12.3 s)\nPASS spec/login2_spec.rb:12\nPASS | test/login2.test.ts',
      '--- PASS: TestLogin2FA_Limit (0.00s)\n    --- PASS: TestToken/refresh_24h (0.00s)\nPASS\nok  \texample.com/shop\t0.004s',
      'PASS: tests/check-utf8.sh\nPASS: test_login1\nFAIL: tests/foo2.sh',
      'PASSED tests/test_login.py::test_limit2\ntests/test_login.py::test_password PASSED   [ 50%]',
      'tests/test_login.py::test_limit2 PASSED [ 50%]\ntest_limit2 (tests.TestLogin) ... ok',
      '  Token refresh\n    refreshes after 24h: ok',
      'pass: 12  fail: 3',
    ])
      shown(text);
  });

  it('tables and columns', () => {
    for (const text of [
      '| name      | token   | created    |\n|-----------|---------|------------|\n| ci-deploy | active  | 2026-03-02 |',
      'NAME                  TYPE     DATA   AGE\ndb-password           Opaque   1      12d\ndefault-token-x7k2p   Opaque   3      45d',
      'shop-api-7d9c8b6f5d-x2k4m   1/1     Running   0          12d',
      'Password:      required\nToken:         valid until 2026-04-01',
    ])
      shown(text);
  });

  it('prompts, licences and states', () => {
    for (const text of [
      "[sudo] password for bob: \nbob@example.com's password: ",
      '? Enter your password: ›',
      'license: Apache-2.0',
      'Session: resumed',
    ])
      shown(text);
  });

  it('what git lists', () => {
    for (const text of [
      'stash@{0}: WIP on fix/token: 3f2a9c1 Token refresh2\nstash@{1}: WIP on fix-password: 4e1a9c1 Try it',
      '3f2a9c1 (HEAD -> main) Reset password: fix v2-migration\na1b2c3d Token refresh: use OAuth2-pkce',
      ' src/auth/password.ts | 12 ++++++------\n src/token2.ts         |  4 ++--',
    ])
      shown(text);
  });

  it('with colours', () => {
    const text = `${ESC}[7;32m PASS ${ESC}[0m ${ESC}[2mtest/${ESC}[22m${ESC}[1mlogin-limit.test.ts${ESC}[22m`;
    assert.equal(redact(text), text);
  });
});

describe('beside it, a secret stays hidden', () => {
  const password = `Hunter${2}x-${19}`;
  const token = `Zk3vQ9xT7mB2nL5w${'R8cYd4HsG6jF1pK0'}`;

  it('after the same names', () => {
    for (const line of [
      `PASS=${password}`,
      `pass: ${password}`,
      `PASS: ${password}`,
      `PASS ${password}`,
      `PASS  ${token}`,
      `| token | ${token} |`,
      `session: ${token}`,
      `license: ${token}`,
      `test_${token}`,
      `token: ${token}.ts`,
    ]) {
      for (const text of [redact(line), recorded(line, false), recorded(line, true)])
        assert.ok(!text.includes(password) && !text.includes(token), `${line}: ${text}`);
    }
  });

  it('in code that a formatter has broken at ||', () => {
    for (const code of [`process.env.API_KEY\n  || '${token}';`, `process.env.API_KEY ||\n  '${token}';`])
      for (const text of [redact(code), recorded(code, false), recorded(code, true)])
        assert.ok(!text.includes(token), text);
  });

  it('while it is printed, from the seventh letter', () => {
    for (const [before, secret] of [
      ['PASS=', password],
      ['pass: ', password],
      ['| token | ', token],
      ['token   ', token],
      ['test_', token],
    ] as const) {
      for (let length = 7; length <= secret.length; length++) {
        const screen = recorded(`${before}${secret.slice(0, length)}`, false);
        assert.ok(!screen.includes(secret.slice(0, 7)), `${before}: ${screen}`);
      }
    }
  });
});
