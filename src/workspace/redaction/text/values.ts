/** `xxxx`, `****`, `...`, `0000`: the value is already hidden. */
export function isMasked(value: string): boolean {
  return /^[xX*.•#?_0-]*$/.test(value) && new Set(value.replace(/[-_]/g, '').toLowerCase()).size <= 1;
}

const NOT_A_VALUE = new Set(
  `string str text number int integer boolean bool true false null none nil undefined void any unknown never object
  buffer bytes uint8array required optional default empty missing invalid hidden redacted masked removed
  password passwd passphrase pwd pass secret token apikey api_key api-key key credential credentials username
  changeme change-me change_me changeit placeholder example todo fixme tbd test foobar foo bar baz value
  bearer basic oauth oauth2 base64 base64url sha1 sha256 sha384 sha512 md5 bcrypt argon2 argon2id scrypt pbkdf2
  utf8 utf-8 utf16 utf16le latin1 ascii hs256 rs256 es256 header cookie query body`.split(/\s+/),
);

/** A placeholder for a value: a variable, a template, a word of documentation, or our own mark. */
export function isPlaceholder(value: string): boolean {
  return (
    isMasked(value) ||
    /^(?:\[redacted:|[$%<{]|[@!&*][A-Za-z_.]+$|\\[(){}$])/.test(value) ||
    /\$\{|\{\{|<[\w -]+>|process\.env|os\.environ|getenv|(?:secrets|vars|env)\.[A-Z]/.test(value) ||
    /(?:\.{3}|…)$/.test(value) ||
    /[xX*•]{6}/.test(value) ||
    /^(?:your|my|the|some|insert|enter|replace|change|placeholder|example)[-_ ]/i.test(value) ||
    NOT_A_VALUE.has(value.toLowerCase())
  );
}

const FILE_NAME =
  /^(?:[\w@.+-]+\/){0,20}([\w@+-][\w@.+-]{0,80})\.(?:[cm]?[jt]sx?|py|go|rs|rb|java|kt|cs|php|swift|scala|exs?|c|cc|cpp|h|hpp|sh|bats|sql|vue|svelte|md|html|css|json|ya?ml|toml)(?::\d+){0,2}$/;

/** `test/login-limit.test.ts`, `auth2.py:14`: a file of code or text, unless its name is as random as a secret. */
export function isFileName(value: string): boolean {
  const stem = FILE_NAME.exec(value)?.[1];
  return stem !== undefined && !value.split(/[/.]/).some((part) => isRandom(part, 20));
}

/** What is complete at the end of a row: the next one is not the rest of it. */
export const isComplete = (value: string): boolean =>
  isFileName(value) || (value.length >= 6 && NOT_A_VALUE.has(value.toLowerCase()));

/** The name of a value rather than the value: a path, a URL, `config.password`, a version, a date. */
function isReference(value: string): boolean {
  return (
    isFileName(value) ||
    (/^(?:~|\.{1,2})?\/(?:[\w.@-]+\/)*[\w.@-]*$/.test(value) &&
      /^(?:~|\.|\/(?:etc|run|home|usr|var|opt|tmp|Users|api|v\d)\b)/.test(value)) ||
    /^[a-z][a-z0-9+.-]*:\/\//i.test(value) ||
    (/^!?[A-Za-z_$][\w$]*(?:(?:\??\.|::|->)[#A-Za-z_$][\w$]*)+$/.test(value) && !/[\w$]{20}/.test(value)) ||
    /^v?\d+(?:\.\d+)+(?:[-+][\w.]+)?$/.test(value) ||
    /^\d{4}-\d\d-\d\d/.test(value) ||
    /^0x[0-9a-f]{1,8}$/i.test(value) ||
    /^\w{1,4}\*[a-z]+$/.test(value)
  );
}

const hasDigit = (value: string) => /\d/.test(value);
const hasLetter = (value: string) => /[A-Za-z]/.test(value);
const isWords = (value: string) => /^[A-Za-z]+(?:[-_. ][A-Za-z]+)*$/.test(value);
const AWS_SECRET = /^(?=.*[a-z])(?=.*[A-Z])[A-Za-z0-9/+]{40}$/;

/**
 * How the value was written. `data`: quoted in JSON, TOML or an assignment, where a plain word may be a password.
 * `setting`: on its own line, `name = value` or `name: value`. `environment`: `NAME=value`, where anything is a value.
 */
export type Writing = 'quoted' | 'data' | 'bare' | 'setting' | 'environment';

/** Whether a value after the name of a credential is the credential, and no placeholder, reference or word of prose. */
export function isCredential(value: string, name: string, writing: Writing): boolean {
  if (AWS_SECRET.test(value)) return true;
  if (value.length < 6 || isPlaceholder(value) || isReference(value)) return false;
  if (writing === 'environment') return true;
  if (/\s/.test(value)) return false;
  const password = /passw|phrase|pwd|_pass$/i.test(name);
  const mayBeWord = password && (writing === 'data' || writing === 'setting');
  if (isWords(value)) return isRandomLetters(value) || (mayBeWord && !/passw|phrase|pwd/i.test(value));
  if (!hasLetter(value)) return (password || /secret$/i.test(name)) && /^[\d!@#$%^&*_+=~-]{6,}$/.test(value);
  if (writing !== 'quoted' && writing !== 'data' && isNameLike(value)) return password || value.length >= 12;
  return hasDigit(value) || /[!@#$%^*~]/.test(value);
}

/** A long value of letters and digits that is no placeholder, no reference and has few words in it. */
export function isRandom(value: string, min = 16): boolean {
  if (value.length < min || !hasDigit(value) || !hasLetter(value) || /\s/.test(value)) return false;
  if (isPlaceholder(value) || isReference(value)) return false;
  if (/^[0-9a-f]{32,}$/i.test(value)) return true;
  const words = value.match(/[A-Z]?[a-z]{3,}|[A-Z]{4,}|(?<![A-Za-z0-9])[A-Z]{2,3}(?![A-Za-z0-9])/g) ?? [];
  const inWords = words
    .filter((word) => word.length < 4 || (/[aeiou]/i.test(word) && /[^aeiou]/i.test(word)))
    .join('').length;
  return inWords * 2 < value.length;
}

/** `token2`, `sha256`, `arg_1`: an identifier with a number at its end. */
const isNameLike = (value: string) => /^[A-Za-z_]+\d{1,2}$/.test(value);

/** Letters only, but no words: too many of one case, or in camel case most parts shorter than three. */
function isRandomLetters(value: string): boolean {
  if (value.length < 8 || !/^[A-Za-z]+$/.test(value)) return false;
  if (value.length >= 16 && /^(?:[a-z]+|[A-Z]+)$/.test(value)) return true;
  const parts = value.match(/[A-Z]+(?![a-z])|[A-Z]?[a-z]+/g) ?? [];
  return parts.length >= 3 && parts.filter((part) => part.length <= 2).length * 2 >= parts.length;
}
