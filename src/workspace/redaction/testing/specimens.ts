/**
 * Generated secrets and the contexts in which they occur, for tests. No token is written out: scanners would find it.
 */
import fc from 'fast-check';

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const DIGITS = '0123456789';

/** Random characters with a digit at every fifth place, so that no six of them could be a word. */
export function mixed(length: number, letters = LETTERS, withDigits = true): fc.Arbitrary<string> {
  return fc
    .array(fc.nat(), { minLength: length, maxLength: length })
    .map((numbers) =>
      numbers
        .map((n, i) => (withDigits && i % 5 === 3 ? DIGITS[n % 10] : letters[n % letters.length]))
        .join(''),
    );
}

const between = (low: number, high: number, letters?: string) =>
  fc.integer({ min: low, max: high }).chain((length) => mixed(length, letters));

const prefixed = (prefixes: string[], body: fc.Arbitrary<string>) =>
  fc.tuple(fc.constantFrom(...prefixes), body).map((parts) => parts.join(''));

const UPPER = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';

/** Secrets recognised by their own letters. */
export const tokens: Record<string, fc.Arbitrary<string>> = {
  'AWS id': prefixed(['AK' + 'IA', 'AS' + 'IA'], mixed(16, UPPER)),
  GitHub: prefixed(['gh' + 'p_', 'gh' + 'o_', 'gh' + 's_', 'gh' + 'u_'], mixed(36)),
  'GitHub fine-grained': fc.tuple(mixed(22), mixed(59)).map(([a, b]) => ['github', 'pat', a, b].join('_')),
  GitLab: prefixed(['glpat' + '-'], mixed(20)),
  npm: prefixed(['npm' + '_'], mixed(36)),
  'Hugging Face': prefixed(['hf' + '_'], mixed(34)),
  'secret key': prefixed(['sk' + '-'], between(32, 64)),
  Anthropic: prefixed(['sk-ant' + '-api03-', 'sk-ant' + '-oat01-'], mixed(95)),
  'OpenAI project': prefixed(['sk-proj' + '-'], between(48, 156)),
  Stripe: prefixed(['sk' + '_live_', 'rk' + '_live_'], between(24, 99)),
  Google: prefixed(['AI' + 'za'], mixed(35)),
  Slack: prefixed(['xox' + 'b-', 'xox' + 'p-'], between(24, 60)),
  JWT: fc.tuple(mixed(17), between(24, 90), mixed(43)).map(([a, b, c]) => `ey${'J'}${a}.${b}.${c}`),
};

/** Secrets recognised by the name or header before them. */
export const values = between(12, 40);
export const awsSecrets = fc.tuple(mixed(16, `${LETTERS}/+`), mixed(22)).map(([a, b]) => `${a}${b}zQ`);

type Surround = (secret: string) => string;

const anywhere: Record<string, Surround> = {
  env: (s) => `export API_TOKEN=${s}`,
  JSON: (s) => `  "token": "${s}", "other": 1`,
  YAML: (s) => `  api_key: ${s}`,
  'INI with spaces': (s) => `client_secret = ${s}`,
  'AWS variable': (s) => `AWS_SECRET_ACCESS_KEY=${s}`,
  header: (s) => `Authorization: Bearer ${s}`,
  'curl argument': (s) => `curl -H 'X-Api-Key: ${s}' https://api.example.com/v1`,
  'URL password': (s) => `cloned https://oauth2:${s}@git.example.com/a/b.git now`,
  'escaped JSON': (s) => `{"body":"{\\"password\\":\\"${s}\\"}"}`,
  quoted: (s) => `const password = '${s}';`,
};

export const surroundingsOfValues = anywhere;

export const surroundingsOfTokens: Record<string, Surround> = {
  ...anywhere,
  alone: (s) => s,
  prose: (s) => `The key is ${s} and it works.`,
  'URL query': (s) => `GET /v1/models?key=${s}&page=2`,
  call: (s) => `login("${s}")`,
};

/** How a terminal cuts a line: everywhere at its width, with what it puts around the rows. */
export const cuts: Record<string, (line: string, width: number) => string> = {
  bare: (line, width) => chunks(line, width).join('\n'),
  indented: (line, width) => chunks(line, width).join('\n    '),
  'left border': (line, width) =>
    chunks(line, width)
      .map((row) => `│ ${row}`)
      .join('\n'),
  box: (line, width) =>
    chunks(line, width)
      .map((row) => `│ ${row.padEnd(width)} │`)
      .join('\n'),
  once: (line, at) => `${line.slice(0, at)}\n  ${line.slice(at)}`,
};

function chunks(line: string, width: number): string[] {
  return Array.from({ length: Math.ceil(line.length / width) }, (_, i) =>
    line.slice(i * width, (i + 1) * width),
  );
}

/** A PEM private key of a random kind and length. */
export const privateKeys = fc
  .tuple(
    fc.constantFrom('', 'RSA ', 'EC ', 'OPENSSH ', 'ENCRYPTED '),
    fc.array(mixed(64), { minLength: 2, maxLength: 12 }),
    between(4, 60),
  )
  .map(([kind, rows, last]) => [
    `-----BEGIN ${kind}PRIVATE KEY-----`,
    ...rows,
    `${last}==`,
    `-----END ${kind}PRIVATE KEY-----`,
  ]);

/** Whether six characters of a secret are left in a row, or across row ends. */
export function leaks(redacted: string, secret: string): boolean {
  const squeezed = redacted.replace(/[\s│]/g, '');
  for (let i = 0; i + 6 <= secret.length; i++) {
    const part = secret.slice(i, i + 6);
    if (/\d/.test(part) && squeezed.includes(part)) return true;
  }
  return false;
}
