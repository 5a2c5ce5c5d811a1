import assert from 'node:assert/strict';
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { describe, it } from 'node:test';
import { redact } from './redaction.ts';

const unchanged = (text: string) => assert.equal(redact(text), text);
const root = new URL('../../../', import.meta.url).pathname;

describe('redaction keeps ordinary text:', () => {
  it('names of credentials without one', () => {
    for (const line of [
      'token: string',
      '  readonly password?: string;',
      "password = os.environ['X']",
      'password = os.environ.get("DB_PASSWORD")',
      'const token = process.env.GITHUB_TOKEN;',
      `api_key: $${'{{ secrets.X }}'}`,
      `api_key: $${'{API_KEY}'}`,
      'export TOKEN=$OTHER_TOKEN',
      'Authorization: Bearer <token>',
      `Authorization: \`Bearer $${'{token}'}\``,
      'Bearer token authentication with a bearer header',
      'Basic authentication, basic-auth, Basic understanding',
      'sk-...',
      'OPENAI_API_KEY=sk-...',
      'ANTHROPIC_API_KEY=<your-key>',
      'api_key = "your-api-key-here"',
      'password: xxxxxxxx',
      'password = ********',
      `gh${'p_'}xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx`,
      'const token = tokens[index1];',
      'token = next_token(stream, 12)',
      'if (token === "identifier2") return token;',
      'max_tokens: 4096, total_tokens=128000',
      'passwordField: "input-42", secretName: "db-1"',
      'secret: new Uint8Array(32),',
      'this.#token = this.#reader.next4Token;',
      'class="sk-folding-cube sk-cube4 task-a1b2c3d4e5f6a7b8c9d0"',
      'Tokens: 12.3k in, 4.5k out',
      'https://user:pass@sub.example.com:8080/p/a/t/h?query=string#hash',
      'git@github.com:me/project.git and ssh://git@host:22/x',
      "const begin = '-----BEGIN PRIVATE KEY-----';",
      '-----BEGIN CERTIFICATE-----\nMIIBszCCAVmgAwIBAgIUQ1\n-----END CERTIFICATE-----',
    ]) {
      unchanged(line);
    }
  });

  it('hashes, ids and images', () => {
    const bytes = randomBytes(3000);
    const hex = (kind: string) => createHash(kind).update(bytes).digest('hex');
    unchanged(
      `commit ${hex('sha1')}\nAuthor: Me <me@example.com>\nindex ${hex('sha1').slice(0, 7)}..1a2b3c4 100644`,
    );
    unchanged(`sha256:${hex('sha256')}\n"integrity": "sha512-${bytes.subarray(0, 64).toString('base64')}",`);
    unchanged(`id: ${randomUUID()}\n${randomUUID()}`);
    unchanged(`<img src="data:image/png;base64,${bytes.toString('base64')}">`);
    unchanged((bytes.toString('base64').match(/.{76}/g) ?? []).join('\n'));
  });

  it('the words after a secret, and everything before it', () => {
    const token = `gh${'p_'}${'a1B2'.repeat(9)}`;
    assert.equal(
      redact(`one ${token}\nexport OTHER=1\nnpm_config_x=2`),
      'one [redacted:github-token]\nexport OTHER=1\nnpm_config_x=2',
    );
    const password = `hunter${2}x`;
    assert.equal(
      redact(`[db]\npassword = ${password}\nhost = db.example.com\n\nls\nREADME.md`),
      '[db]\npassword = [redacted:credential]\nhost = db.example.com\n\nls\nREADME.md',
    );
  });

  it("this project's own code and lock file", () => {
    unchanged(readFileSync(join(root, 'package-lock.json'), 'utf8'));
    unchanged(readFileSync(join(root, 'package.json'), 'utf8'));
    for (const entry of readdirSync(join(root, 'src'), { recursive: true, withFileTypes: true })) {
      // Tests contain specimens of secrets.
      if (!entry.isFile() || !/(?<!\.test)\.ts$/.test(entry.name)) continue;
      const file = join(entry.parentPath, entry.name);
      assert.ok(redact(readFileSync(file, 'utf8')) === readFileSync(file, 'utf8'), file);
    }
  });

  it('third-party code: declarations, bundles, data', () => {
    const require = createRequire(import.meta.url);
    const folder = (name: string) => dirname(require.resolve(`${name}/package.json`));
    const files = [
      [folder('@types/node'), /\.d\.ts$/],
      [folder('@xterm/headless'), /\.(?:js|d\.ts|json)$/],
      [folder('yaml'), /\.js$/],
      [folder('xstate'), /\.(?:js|d\.ts)$/],
      [folder('fast-check'), /\.(?:js|d\.ts)$/],
    ] as const;
    for (const [path, kind] of files) {
      for (const entry of readdirSync(path, { recursive: true, withFileTypes: true })) {
        const file = join(entry.parentPath, entry.name);
        if (entry.isFile() && kind.test(entry.name))
          assert.ok(redact(readFileSync(file, 'utf8')) === readFileSync(file, 'utf8'), file);
      }
    }
  });
});
