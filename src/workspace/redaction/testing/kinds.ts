/**
 * Kinds of secrets, each generated from the format that its issuer documents, in the text in which it is met. None is
 * written out: scanners would find it.
 */
import fc from 'fast-check';
import { TOKEN_FORMATS } from '../detectors/formats/all.ts';
import { type FormatPart, type FormatRow, formatOf } from '../detectors/formats/format.ts';
import { mixed, privateKeys } from './specimens.ts';

/** A text and what is secret in it: each part alone. */
export interface Kind {
  text: string;
  secrets: string[];
}

/** A token as a row of the table describes it; up to 12 characters more where it gives no length. */
function ofFormat(row: FormatRow): fc.Arbitrary<string> {
  const { keywords, before, parts } = formatOf(row);
  const texts = [...(before ? [before] : []), ...parts].map(textOf);
  return fc
    .tuple(fc.constantFrom(...keywords), fc.tuple(...texts))
    .map(([keyword, [first = '', ...rest]]) =>
      [...(before ? [first, keyword] : [keyword, first]), ...rest].join(''),
    );
}

function textOf({ set, min, max }: FormatPart): fc.Arbitrary<string> {
  const letters = Array.from({ length: 128 }, (_, code) => String.fromCharCode(code)).filter((letter) =>
    set.has(letter.charCodeAt(0)),
  );
  const known = letters.filter((letter) => /[A-Za-z]/.test(letter)).join('') || letters.join('');
  if (letters.length === 1) return fc.constant(letters.join(''));
  return fc
    .integer({ min, max: Math.min(max, min + 12) })
    .chain((length) => mixed(length, known, set.has(0x30)));
}

const alone = (token: string): Kind => ({ text: token, secrets: [token] });

export const formatKinds: [string, fc.Arbitrary<Kind>][] = TOKEN_FORMATS.map((row) => [
  `${row[0]} ${row[1].source.slice(0, 24)}`,
  ofFormat(row).map(alone),
]);

const value = mixed(20);
const password = mixed(14);
const hex = (length: number) => mixed(length, 'abcdef');
const base64 = (length: number) => mixed(length, 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz+/');
const encoded = (text: string) => Buffer.from(text).toString('base64');

type Context = [kind: string, secret: fc.Arbitrary<string>, text: (secret: string) => string];

const CONTEXTS: readonly Context[] = [
  ['Cookie', value, (s) => `Cookie: theme=dark; sessionid=${s}; lang=en`],
  ['Set-Cookie', value, (s) => `< Set-Cookie: connect.sid=${s}; Path=/; HttpOnly`],
  ['curl -b', value, (s) => `curl -b 'session=${s}' https://app.example.com`],
  ['curl -u', password, (s) => `curl -sS -u bob:${s} https://api.example.com`],
  ['curl --user', password, (s) => `curl --user "bob:${s}" https://api.example.com`],
  ['mysql -p', password, (s) => `mysql -u root -p${s} -h db app`],
  ['sshpass -p', password, (s) => `sshpass -p '${s}' ssh bob@host`],
  ['docker login -p', password, (s) => `docker login -u bob -p ${s} registry.example.com`],
  ['redis-cli -a', password, (s) => `redis-cli -h cache -a ${s} ping`],
  ['ldapsearch -w', password, (s) => `ldapsearch -D cn=admin -w ${s} -b dc=example`],
  ['sqlcmd -P', password, (s) => `sqlcmd -S db -U sa -P ${s} -Q "select 1"`],
  ['openssl pass:', password, (s) => `openssl pkcs12 -in a.p12 -passin pass:${s}`],
  ['smbclient -U', password, (s) => `smbclient //host/share -U bob%${s}`],
  ['htpasswd -b', password, (s) => `htpasswd -bc /etc/nginx/users bob ${s}`],
  ['piped to a login', password, (s) => `echo ${s} | docker login -u bob --password-stdin`],
  ['SQL', password, (s) => `CREATE USER bob IDENTIFIED BY '${s}';`],
  ['SQL password', password, (s) => `ALTER ROLE bob WITH PASSWORD '${s}';`],
  ['PowerShell', password, (s) => `ConvertTo-SecureString "${s}" -AsPlainText -Force`],
  ['basic auth in code', password, (s) => `requests.get(url, auth=("bob", "${s}"))`],
  ['netrc', password, (s) => `machine api.example.com login bob password ${s}`],
  ['netrc in rows', password, (s) => `machine api.example.com\n  login bob\n  password ${s}`],
  ['pgpass', password, (s) => `db.internal:5432:prod:app:${s}`],
  ['fish', value, (s) => `set -gx SERVICE_API_KEY ${s}`],
  ['configure set', value, (s) => `aws configure set aws_secret_access_key ${s}`],
  ['table', value, (s) => `| API_KEY | ${s} |`],
  ['columns', value, (s) => `API_TOKEN      ${s}`],
  ['terraform', value, (s) => `variable "db_password" { default = "${s}" }`],
  ['terraform in rows', value, (s) => `variable "db_password" {\n  type = string\n  default = "${s}"\n}`],
  ['kubernetes env', value, (s) => `- name: DB_PASSWORD\n  value: "${s}"`],
  ['XML setting', value, (s) => `<add key="ApiSecret" value="${s}" />`],
  ['fallback', value, (s) => `const key = process.env.API_KEY || '${s}';`],
  ['prose', value, (s) => `the password is ${s}`],
  ['prose, changed', value, (s) => `I set the admin password to ${s}.`],
  ['psk', password, (s) => `psk="${s}"`],
  ['a PAT', mixed(52, 'abcdefghijklmnopqrstuvwxyz'), (s) => `AZURE_DEVOPS_EXT_PAT=${s}`],
  ['secret_key_base', hex(128), (s) => `  secret_key_base: ${s}`],
  ['APP_KEY', base64(43).map((s) => `${s}=`), (s) => `APP_KEY=base64:${s}`],
  ['docker auth', password.map((s) => encoded(`bob:${s}`)), (s) => `"auth": "${s}"`],
  ['client-key-data', privateKeys.map((r) => encoded(r.join('\n'))), (s) => `    client-key-data: ${s}`],
  [
    'JWK',
    mixed(43, 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_'),
    (s) => `{"kty":"EC","crv":"P-256","d":"${s}"}`,
  ],
  [
    'SAS',
    base64(43),
    (s) => `https://a.blob.core.windows.net/c?sv=2022&sr=c&sig=${encodeURIComponent(s)}%3D`,
  ],
  ['X-Amz-Signature', hex(64), (s) => `https://b.s3.amazonaws.com/k?X-Amz-Expires=60&X-Amz-Signature=${s}`],
  ['code in a URL', mixed(40), (s) => `http://localhost:8080/callback?code=${s}&state=x`],
  ['token-only URL', mixed(40), (s) => `git clone https://${s}@git.example.com/a/b.git`],
  ['URL password', password, (s) => `DATABASE=postgres://bob:${s}@db.example.com/app`],
  ['wireguard', base64(43).map((s) => `${s}=`), (s) => `PrivateKey = ${s}`],
  ['otpauth', mixed(32, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'), (s) => `otpauth://totp/A:bob?secret=${s}&issuer=A`],
];

export const contextKinds: [string, fc.Arbitrary<Kind>][] = CONTEXTS.map(([kind, secrets, text]) => [
  kind,
  secrets.map((secret) => ({ text: text(secret), secrets: [secret.replace(/=+$/, '')] })),
]);

const keyRows = (rows: string[]) => rows.filter((row) => !row.startsWith('-----'));

export const keyKinds: [string, fc.Arbitrary<Kind>][] = [
  ['private key', privateKeys.map((rows) => ({ text: rows.join('\n'), secrets: keyRows(rows) }))],
  [
    'private key without BEGIN',
    privateKeys.map((rows) => ({ text: rows.slice(1).join('\n'), secrets: keyRows(rows) })),
  ],
  [
    'private key without END',
    privateKeys.map((rows) => ({ text: rows.slice(0, -1).join('\n'), secrets: keyRows(rows) })),
  ],
  [
    'middle of a private key',
    fc
      .array(mixed(64), { minLength: 4, maxLength: 20 })
      .map((rows) => ({ text: rows.join('\n'), secrets: rows })),
  ],
];

/** Lines that follow in a terminal, and mislead about where a secret ends. */
export const NEXT_LINES: readonly string[] = [
  ...[
    '',
    'done',
    'ok',
    'DEBUG=1',
    'export FOO=bar',
    'name: value',
    '$ ls -la',
    'root@box:~# ',
    '@host',
    '.',
    '=',
  ],
  ...[
    'password: string',
    'token',
    'api_key=',
    'https://example.com/a?b=c',
    '{"a": 1}',
    '[redacted:credential]',
  ],
  ...[
    '"',
    "'",
    '(',
    '❯ ',
    'The end.',
    '1234567890',
    'abcdef123456',
    '-----BEGIN CERTIFICATE-----',
    '+ added',
  ],
  ...[
    'A'.repeat(80),
    'x=1; y=2',
    'src/main.ts:12:3',
    '\\',
    '| a | b |',
    '$' + '{VAR}',
    '<your-key>',
    'process.env.X',
  ],
];

const every = (text: string, size: number, put: string) =>
  text.replace(new RegExp(`[^\\n]{${size}}`, 'g'), (part) => part + put);

/** What a terminal does not show, between and inside words. */
export const DISGUISES: Record<string, (text: string) => string> = {
  none: (text) => text,
  'coloured words': (text) => text.replace(/[^\s]+/g, (word) => `\x1b[38;5;12m${word}\x1b[0m`),
  'coloured inside': (text) => every(text, 5, '\x1b[1;31m'),
  'zero-width space': (text) => every(text, 3, '\u200b'),
  'soft hyphen': (text) => every(text, 7, '\u00ad'),
  joiner: (text) => every(text, 1, '\u200d'),
  direction: (text) => every(text, 6, '\u2066'),
  'link around': (text) => every(text, 9, '\x1b]8;;https://example.com\x07'),
  'written-out colour': (text) => every(text, 8, '\\u001b[32m'),
};

/** Whether eight characters in a row of a secret are left, in a row or across rows. */
export function leftOf(redacted: string, { secrets }: Kind): string | null {
  const squeezed = redacted.replace(/\[redacted:[\w-]+\]/g, ' [] ').replace(/[\s│]/g, '');
  for (const secret of secrets) {
    for (let i = 0; i + 8 <= secret.length; i++) {
      if (squeezed.includes(secret.slice(i, i + 8))) return secret.slice(i, i + 8);
    }
  }
  return null;
}
