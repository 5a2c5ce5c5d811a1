import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { trials } from '../../lib/testing/trials.ts';
import { containsSecret, LineRedactor, redact, redactDeep } from './redaction.ts';
import {
  awsSecrets,
  cuts,
  leaks,
  privateKeys,
  surroundingsOfTokens,
  surroundingsOfValues,
  tokens,
  values,
} from './testing/specimens.ts';

const oneOf = <T>(record: Record<string, T>) => fc.constantFrom(...Object.entries(record));

function staysHidden(secret: string, text: string): void {
  const redacted = redact(text);
  assert.ok(!leaks(redacted, secret), `left in: ${redacted}`);
  assert.match(redacted, /\[redacted:[a-z-]+\]/);
  assert.equal(redact(redacted), redacted, 'a second pass changes nothing');
  assert.equal(redacted.split('\n').length, text.split('\n').length);
  assert.ok(containsSecret(text));
  assert.ok(!containsSecret(redacted));
}

for (const [kind, secrets] of Object.entries(tokens)) {
  describe(`a secret of ${kind}`, () => {
    it('is never left, in any context', () => {
      fc.assert(
        fc.property(secrets, oneOf(surroundingsOfTokens), (secret, [, surround]) =>
          staysHidden(secret, `before\n${surround(secret)}\nafter`),
        ),
      );
    });

    it('is never left where a terminal has cut it over rows', () => {
      fc.assert(
        fc.property(
          secrets,
          oneOf(surroundingsOfTokens),
          oneOf(cuts),
          fc.integer({ min: 8, max: 80 }),
          (secret, [, surround], [, cut], width) => staysHidden(secret, cut(surround(secret), width)),
        ),
        { numRuns: trials(100) },
      );
    });
  });
}

describe('a secret known by its name', () => {
  for (const [kind, secrets] of Object.entries({ value: values, 'AWS secret key': awsSecrets })) {
    it(`(${kind}) is never left, in any context`, () => {
      fc.assert(
        fc.property(secrets, oneOf(surroundingsOfValues), (secret, [, surround]) =>
          staysHidden(secret, `before\n${surround(secret)}\nafter`),
        ),
      );
    });

    it(`(${kind}) is never left where a terminal has cut its line over rows`, () => {
      fc.assert(
        fc.property(
          secrets,
          oneOf(surroundingsOfValues),
          oneOf(cuts),
          fc.integer({ min: 8, max: 80 }),
          (secret, [, surround], [, cut], width) => staysHidden(secret, cut(surround(secret), width)),
        ),
        { numRuns: trials(300) },
      );
    });
  }

  it('is found in the dialects of shells, configuration and code', () => {
    const secret = `s3cr${'3t'}-V4lue`;
    for (const line of [
      `DB_PASSWORD=${secret}`,
      `docker run -e DB_PASSWORD=${secret} postgres`,
      `mysql --password ${secret} --host db`,
      `mysql --password=${secret}`,
      `<password>${secret}</password>`,
      `'api_key' => '${secret}',`,
      `config["client_secret"] = "${secret}"`,
      `password: '${secret}'`,
      `aws_secret_access_key = ${secret}`,
      `+  accessToken: "${secret}",`,
      `//registry.example.com/:_authToken=${secret}`,
      `Server=db;User Id=app;Password=${secret};Encrypt=true`,
    ]) {
      assert.ok(!redact(line).includes(secret), redact(line));
    }
  });

  it('may be an ordinary word where only values occur', () => {
    for (const line of ['PGPASSWORD=swordfish', '{"password": "swordfish"}', 'password = "swordfish"']) {
      assert.ok(!redact(line).includes('swordfish'), redact(line));
    }
  });
});

describe('headers and URLs', () => {
  it('hide the password of any scheme and keep the rest', () => {
    for (const scheme of ['https', 'postgres', 'mongodb+srv', 'redis', 'amqp', 'ssh', 'x-own.scheme']) {
      assert.equal(
        redact(`see ${scheme}://bob:hunter${2}@db.example.com:5432/app?x=1`),
        `see ${scheme}://bob:[redacted:url-password]@db.example.com:5432/app?x=1`,
      );
    }
  });

  it('hide what Basic encodes', () => {
    fc.assert(
      fc.property(values, (password) => {
        const encoded = Buffer.from(`bob:${password}`).toString('base64');
        for (const line of [
          `Authorization: Basic ${encoded}`,
          `proxy sent Basic ${encoded}.`,
          `"authorization": "basic ${encoded}"`,
        ]) {
          assert.ok(!redact(line).includes(encoded.slice(0, 12)), redact(line));
        }
      }),
    );
  });

  it('keep the address that a server prints before the next prompt', () => {
    const screen = 'ready on http://localhost:3000\nroot@box:~# ls';
    assert.equal(redact(screen), screen);
  });
});

describe('a private key', () => {
  const shown: Record<string, (rows: string[]) => string> = {
    plain: (rows) => rows.join('\n'),
    indented: (rows) => rows.map((row) => `      ${row}`).join('\n'),
    'in a diff': (rows) => rows.map((row) => `+${row}`).join('\n'),
    'with line numbers': (rows) => rows.map((row, i) => `${String(i + 1).padStart(6)}\t${row}`).join('\n'),
    'in a box': (rows) => rows.map((row) => `│ ${row.padEnd(70)} │`).join('\n'),
    'in JSON': (rows) => `{"private_key": "${rows.join('\\n')}\\n", "client_email": "me@example.com"}`,
    'in code': (rows) => rows.map((row) => `  '${row}\\n' +`).join('\n'),
    'cut short': (rows) => rows.slice(0, -2).join('\n'),
  };
  for (const [how, show] of Object.entries(shown)) {
    it(`is never left ${how}`, () => {
      fc.assert(
        fc.property(privateKeys, (rows) => {
          const text = `before\n${show(rows)}\nall is well`;
          const redacted = redact(text);
          for (const row of rows.slice(1, how === 'cut short' ? -2 : -1))
            assert.ok(!leaks(redacted, row), redacted);
          assert.ok(redacted.startsWith('before\n') && redacted.endsWith('\nall is well'), redacted);
          assert.equal(redact(redacted), redacted);
        }),
      );
    });
  }

  it('is never left where a terminal has cut it', () => {
    fc.assert(
      fc.property(privateKeys, oneOf(cuts), fc.integer({ min: 8, max: 63 }), (rows, [, cut], width) => {
        const redacted = redact(rows.map((row) => cut(row, width)).join('\n'));
        for (const row of rows.slice(1, -1)) assert.ok(!leaks(redacted, row), redacted);
      }),
    );
  });
});

describe('a JSON value', () => {
  it('loses secrets in its strings, its keys, and under the names of credentials', () => {
    const token = `gh${'p_'}${'a1B2'.repeat(9)}`;
    const event = {
      task: `use ${token}`,
      env: { API_KEY: 'short', apiKeyName: 'main', tokens: 12, nested: [{ password: '', list: [token] }] },
      [token]: null,
    };
    assert.deepEqual(redactDeep(event), {
      task: 'use [redacted:github-token]',
      env: {
        API_KEY: '[redacted:credential]',
        apiKeyName: 'main',
        tokens: 12,
        nested: [{ password: '', list: ['[redacted:github-token]'] }],
      },
      '[redacted:github-token]': null,
    });
    assert.deepEqual(redactDeep(redactDeep(event)), redactDeep(event));
  });
});

describe('a growing transcript', () => {
  const ordinary = fc.constantFrom(
    '',
    '$ npm test',
    'All 12 tests passed in 3.2 s',
    '│ Reading src/main.ts                    │',
    'export PATH=/usr/bin',
    'https://example.com/docs/',
    'The password is',
    'token:',
    "it's done",
    '------',
    '3f786850e387550fdab836ed7e6dc881de23001b',
    'a',
    'Authorization:',
  );
  const secretRows = fc
    .tuple(
      fc.oneof(...Object.values(tokens)),
      oneOf(surroundingsOfTokens),
      oneOf(cuts),
      fc.integer({ min: 8, max: 90 }),
    )
    .map(([secret, [, surround], [, cut], width]) => cut(surround(secret), width).split('\n'));
  const valueRows = fc
    .tuple(values, oneOf(surroundingsOfValues), oneOf(cuts), fc.integer({ min: 8, max: 90 }))
    .map(([secret, [, surround], [, cut], width]) => cut(surround(secret), width).split('\n'));
  const transcripts = fc
    .array(
      fc.oneof(
        ordinary.map((line) => [line]),
        secretRows,
        valueRows,
        privateKeys,
      ),
      { minLength: 1, maxLength: 12 },
    )
    .map((parts) => parts.flat());

  it('is redacted line by line like the whole text, however it is split into pushes', () => {
    fc.assert(
      fc.property(
        transcripts,
        fc.array(fc.integer({ min: 0, max: 5 }), { maxLength: 60 }),
        (lines, sizes) => {
          const redactor = new LineRedactor();
          const written: string[] = [];
          let at = 0;
          for (const size of sizes) {
            written.push(...redactor.push(lines.slice(at, at + size)));
            at = Math.min(at + size, lines.length);
            assert.equal(written.length + redactor.pending().length, at);
          }
          written.push(...redactor.push(lines.slice(at)), ...redactor.flush());
          assert.deepEqual(written, redact(lines.join('\n')).split('\n'));
          assert.deepEqual(redactor.flush(), []);
        },
      ),
      { numRuns: trials(600) },
    );
  });

  it('is redacted the same where its plain lines come as one text', () => {
    const isPlain = (line: string) => /^[ -~]*$/.test(line);
    fc.assert(
      fc.property(
        transcripts,
        fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 20 }),
        (lines, sizes) => {
          const [one, other] = [new LineRedactor(), new LineRedactor()];
          for (let at = 0, part = 0; at < lines.length; part++) {
            const next = lines.slice(at, at + (sizes[part % sizes.length] ?? 1));
            const ready = next.every(isPlain)
              ? other.pushPlain({ text: next.join('\n'), count: next.length })
              : null;
            const texts = ready ? (ready.count > 0 ? ready.text.split('\n') : []) : other.push(next);
            assert.deepEqual(texts, one.push(next));
            if (ready) assert.equal(ready.count, texts.length);
            assert.deepEqual(other.pending(), one.pending());
            at += next.length;
          }
          assert.deepEqual(other.flush(), one.flush());
        },
      ),
      { numRuns: trials(200) },
    );
  });

  it('passes ordinary lines on at once', () => {
    const lines = ['Running tests', 'ok 1 - adds', 'src/main.ts:12:3', 'Done.', '❯ ', '', 'it passes'];
    const redactor = new LineRedactor();
    for (const line of lines) assert.deepEqual(redactor.push([line]), [line]);
  });

  it('holds back the start of a secret until the row with its rest, and shows it only redacted', () => {
    const redactor = new LineRedactor();
    const secret = `gh${'p_'}${'a1B2'.repeat(9)}`;
    assert.deepEqual(redactor.push(['one', `two ${secret.slice(0, 20)}`]), ['one']);
    assert.equal(redactor.pending().length, 1);
    assert.deepEqual(redactor.push([`${secret.slice(20)} three`]), [
      'two [redacted:github-token]',
      '[redacted:github-token] three',
    ]);
    assert.deepEqual(redactor.pending(), []);
  });

  it('does not hold back the lines of a private key once it is one', () => {
    fc.assert(
      fc.property(privateKeys, (rows) => {
        const redactor = new LineRedactor();
        const written = rows.flatMap((row) => redactor.push([row]));
        assert.deepEqual(
          written,
          rows.map(() => '[redacted:private-key]'),
        );
      }),
    );
  });
});
