import { ask, utf8 } from './http.ts';
import { failure, type SourceContext, type UsageFailure, type UsageReading } from './reading.ts';
import { text } from './values.ts';

/** Requests to this very machine need no TLS. */
const LOOPBACK = ['127.0.0.1', 'localhost', '[::1]'];

/**
 * The address that a variable of the vendor's names instead of the usual one, without a slash at its end. A key is sent
 * there, so that only https is taken, and http on this machine. A bare host means https.
 */
export function addressIn(
  env: Readonly<Record<string, string | undefined>>,
  variable: string,
  usual: string,
): { address: string } | UsageFailure {
  const given = text(env[variable]);
  if (given === null) return { address: usual };
  const whole = given.includes('://') ? given : `https://${given}`;
  const url = URL.canParse(whole) ? new URL(whole) : null;
  const isSafe =
    url !== null &&
    url.username === '' &&
    (url.protocol === 'https:' || (url.protocol === 'http:' && LOOPBACK.includes(url.hostname)));
  if (!isSafe) return failure('unsupported', `${variable} is no https address: no key is sent there`);
  return { address: `${url.origin}${url.pathname}`.replace(/\/+$/, '') };
}

/** The first of these variables that is set, and what it holds; null where none is. */
export function keyIn(
  env: Readonly<Record<string, string | undefined>>,
  variables: readonly string[],
): { variable: string; key: string } | null {
  for (const variable of variables) {
    const key = text(env[variable]);
    if (key !== null) return { variable, key };
  }
  return null;
}

/** Where a service is asked for JSON: an address that a variable of the vendor's may name instead, and what follows it. */
interface KeyedService {
  variable: string;
  usual: string;
  urlAt(address: string): string;
}

/** Asks it with a key of the environment. */
export async function askWithKey(
  context: SourceContext,
  key: string,
  { variable, usual, urlAt }: KeyedService,
  parse: (body: string) => UsageReading,
): Promise<UsageReading> {
  const at = addressIn(context.env, variable, usual);
  if (!('address' in at)) return at;
  const headers = { authorization: `Bearer ${key}`, accept: 'application/json' };
  return ask(context, { url: urlAt(at.address), headers }, (body) => parse(utf8(body)));
}
