/** Last words of credential names; joined pairs are written `api_key`, `api-key`, `apiKey`, `apikey`. */
const WORDS = [
  ...['password', 'passwd', 'passphrase', 'passcode', 'pwd', 'pass', 'passwort', 'psk'],
  ...['secret', 'token', 'credential', 'credentials', '_auth', '_pat', '-pat'],
  ...[
    'secret_key_base',
    'key_data',
    'key-data',
    'authkey',
    'storepass',
    'keypass',
    'bindpw',
    'dbpw',
    'rootpw',
  ],
];
const KEYS = [
  ...['api', 'access', 'secret', 'private', 'auth', 'account', 'signing', 'encryption', 'master', 'client'],
  ...['service', 'webhook', 'license', 'subscription', 'shared', 'preshared', 'functions'],
];
/** Words of names whose value is a secret only if it is random: they also name other things. */
const WEAK_KEYS = [
  ...['app', 'application', 'sdk', 'encrypt', 'cipher', 'hmac', 'session', 'cookie', 'jwt', 'deploy', 'ssh'],
  ...[
    'storage',
    'admin',
    'write',
    'ingest',
    'integration',
    'recovery',
    'wallet',
    'project',
    'server',
    'site',
  ],
  ...['data', 'security', 'developer', 'user', 'team', 'org', 'nonce', 'logged_in', 'secure'],
];
const WEAK_WORDS = [
  ...['signature', 'session', 'sessionid', 'session_id', 'seed', 'salt', 'csrf', 'jwt', 'bearer', 'hmac'],
  ...['webhook', 'psw', 'passkey', 'cookie', 'apitoken', 'authn', 'pw', 'pin', 'license', 'otp'],
];
const spellings = (word: string) => [`${word}key`, `${word}_key`, `${word}-key`, `${word} key`];

/** What a name of a credential, or of what may be one, contains. */
export const NAME_STARTS: readonly string[] = [
  ...new Set([...WORDS, ...WEAK_WORDS, ...[...KEYS, ...WEAK_KEYS].flatMap(spellings)]),
];

/** Whether a name says for certain that its value is a credential, or only that it may be one. */
export type NameKind = 'certain' | 'possible';

/**
 * What a name such as `DB_PASSWORD`, `apiKey` or `x-api-key` (not `tokens`, `passwordField`, `secretName`) is; null for
 * any other.
 */
export function nameKind(name: string): NameKind | null {
  const known = kinds.get(name);
  if (known !== undefined) return known;
  // A text has few names, often the same ones.
  if (kinds.size >= MAX_KNOWN) kinds.clear();
  const kind = kindOf(name);
  kinds.set(name, kind);
  return kind;
}

const kinds = new Map<string, NameKind | null>();
const MAX_KNOWN = 1000;

function kindOf(name: string): NameKind | null {
  if (isCredentialName(name)) return 'certain';
  const words = wordsOf(name);
  const last = words.at(-1) ?? '';
  const pair = `${words.at(-2) ?? ''}_${last}`;
  if (WEAK_WORDS.includes(last) || WEAK_WORDS.includes(pair)) return 'possible';
  if (last === 'key' && WEAK_KEYS.some((word) => pair === `${word}_key` || word.endsWith(`_${words.at(-2)}`)))
    return 'possible';
  return WEAK_KEYS.some((word) => last === `${word}key`) ? 'possible' : null;
}

/** Whether a name is that of a credential. */
export function isCredentialName(name: string): boolean {
  const words = wordsOf(name);
  const last = words.at(-1) ?? '';
  if (last === 'auth') return /^_auth$/i.test(name);
  if (last === 'pat') return words.length > 1;
  if (last === 'base') return /secret_?key_?base$/i.test(name);
  if (last === 'data') return /(?:client|private)[-_]?key[-_]?data$/i.test(name);
  if (WORDS.includes(last) || (last === 'key' && KEYS.includes(words.at(-2) ?? ''))) return true;
  return /(?:password|passwd|passphrase|passcode|secret|token|credentials?|api_?key|secretkey|accesskey|privatekey|sharedkey)\d?$/.test(
    last,
  );
}

const wordsOf = (name: string): string[] =>
  name
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replace(/([A-Z])([A-Z][a-z])/g, '$1_$2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word && !/^(?:\d+|b64|base64|prod|dev|test|staging)$/.test(word));
