import { UnusableProxy } from '../../../lib/net/proxy.ts';
import { findReset } from '../../../lib/time/reset-words/index.ts';
import { SYSTEM_ZONE } from '../../../lib/time/zones.ts';
import { failure, type SourceContext, type UsageFailure, type UsageReading } from './reading.ts';
import { label, scrub } from './scrub.ts';
import { instant, number } from './values.ts';
import { isWebPage, webPageReason } from './web-page.ts';

const MAX_BYTES = 16 * 1024 * 1024;

export interface HttpQuestion {
  url: string;
  method?: 'GET' | 'POST';
  /** Holds the credential; nothing of it is ever part of a reading. */
  headers: Record<string, string>;
  body?: string | Uint8Array<ArrayBuffer>;
}

/**
 * Asks a provider and hands the body of a 2xx to the parser; everything else is a failure in words. `refused` reads the
 * body of an answer that is none of 2xx, where a service says more with it than with its status; null leaves it to that.
 */
export async function ask(
  context: SourceContext,
  question: HttpQuestion,
  parse: (body: Uint8Array) => UsageReading,
  refused: (status: number, body: string) => UsageFailure | null = () => null,
): Promise<UsageReading> {
  const { host } = new URL(question.url);
  try {
    const response = await context.fetch(question.url, {
      method: question.method ?? 'GET',
      headers: question.headers,
      ...(question.body === undefined ? {} : { body: question.body }),
      // A redirect would carry the credential to another host.
      redirect: 'manual',
      signal: context.signal,
    });
    const body = await readAll(response);
    if (body === null) return failure('unreadable', 'the answer is larger than 16 MiB');
    if (response.status >= 300 && response.status < 400) return redirected(response, host);
    const isPage = /^text\/html\b/i.test(response.headers.get('content-type') ?? '');
    const page = utf8(body.subarray(0, MOST_OF_A_PAGE));
    const now = context.now();
    const retryAfter = response.ok ? null : whenToRetry(response.headers, now);
    if ((isPage && !/^\s*[[{]/.test(page)) || isWebPage(page))
      return failure(
        response.ok ? 'unreadable' : 'failed',
        webPageReason(page, host, response.ok ? null : response.status),
        retryAt(retryAfter, now),
      );
    if (response.ok) return parse(body);
    return refused(response.status, utf8(body)) ?? failureOfStatus(response.status, retryAfter, now);
  } catch (error) {
    if (context.signal.aborted) return failure('timed_out', 'no answer before the deadline');
    return failure('failed', networkReason(error));
  }
}

const MOST_OF_A_PAGE = 64 * 1024;

/** The services answer where they are asked, so what sends the question elsewhere is not one of them. */
function redirected(response: Response, host: string): UsageFailure {
  const to = response.headers.get('location');
  const where = to !== null && URL.canParse(to) ? new URL(to).host : null;
  const elsewhere = where === null || where === host ? '' : ` to ${label(where) ?? 'another host'}`;
  const whose = 'a filter, a proxy or the login page of this network answered instead';
  return failure('failed', `${host} was not reached: redirected${elsewhere} (${response.status}), ${whose}`);
}

/** What an HTTP status means for a token that is not the agent's own login. */
export function failureOfStatus(status: number, retryAfter: string | null, now: Date): UsageFailure {
  const retry_at = retryAt(retryAfter, now);
  if (status === 429 || (status === 403 && retry_at !== null))
    return failure('rate_limited', `asked too often (${status})`, retry_at);
  if (status === 401) return failure('refused', 'the token was not accepted (401)');
  if (status === 403) return failure('refused', 'the token may not read this (403)');
  if (status === 404) return failure('unsupported', 'no such service for this account (404)');
  if (status === 511) return failure('failed', 'the login page of this network answered instead (511)');
  if (status === 407) return failure('failed', 'the proxy asks for a login (407)');
  return failure('failed', `the provider answered with status ${status}`, retry_at);
}

/** What a program says of a request of its own that failed: its words are scrubbed, and a web page is named as one. */
export function failedRequest(words: string, whom: string, now: Date | null = null): UsageFailure {
  if (isWebPage(words)) {
    const status = /\b([345]\d\d)\b/.exec(words)?.[1] ?? null;
    return failure('failed', webPageReason(words, `the provider of ${whom}`, status));
  }
  const said = scrub(words);
  const isLimited = /\b429\b|too many requests|rate.?limited|rate_limit_error/i.test(words);
  const retry_at = isLimited && now ? retryIn(words, now) : null;
  if (isLimited) return failure('rate_limited', 'the provider was asked too often (429)', retry_at);
  return failure('failed', said === '' ? `${whom} gave an error without a message` : said);
}

const RETRY =
  /\bretry[-_ ]?(?:after|in)([-_]?(?:ms|milliseconds?|s|seconds?|secs?))?["']?\s*[:=]?\s*["']?(\d{1,9}(?:\.\d+)?)(?![\d.-])(?!\s*(?:m|h|d))/i;

/** `retry-after: 120`, `"retry_after_ms":120000`, `try again in 5 minutes`, `retry in 30s`. */
export function retryIn(words: string, now: Date): string | null {
  const [, unit, amount] = RETRY.exec(words) ?? [];
  if (amount !== undefined)
    return retryAt(String(Number(amount) / (/^_?m/i.test(unit ?? '') ? 1000 : 1)), now);
  const at = findReset(words, { now, zone: SYSTEM_ZONE })?.at ?? null;
  return at !== null && at > now.getTime() ? new Date(at).toISOString() : null;
}

/** `retry-after`, else the time at which GitHub and others say that no more requests are left until. */
function whenToRetry(headers: Headers, now: Date): string | null {
  const given = headers.get('retry-after');
  if (given !== null) return given;
  if (number(headers.get('x-ratelimit-remaining')) !== 0) return null;
  const reset = instant(headers.get('x-ratelimit-reset'));
  return reset !== null && Date.parse(reset) > now.getTime() ? reset : null;
}

/** retry-after is seconds or a date; `null` where it is neither. */
export function retryAt(header: string | null, now: Date): string | null {
  const seconds = number(header);
  if (seconds !== null)
    return seconds >= 0 && seconds < 1e7 ? new Date(now.getTime() + seconds * 1000).toISOString() : null;
  return instant(header);
}

export const utf8 = (body: Uint8Array): string => new TextDecoder().decode(body);

async function readAll(response: Response): Promise<Uint8Array | null> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of response.body ?? []) {
    bytes += part.byteLength;
    if (bytes > MAX_BYTES) return null;
    parts.push(part);
  }
  return Buffer.concat(parts);
}

/**
 * fetch says only 'fetch failed'; its cause has the code that distinguishes no network from no such host, and says what
 * a proxy answered.
 */
function networkReason(error: unknown): string {
  for (
    let cause: unknown = error, depth = 0;
    cause instanceof Error && depth < 4;
    cause = cause.cause, depth += 1
  ) {
    if (cause instanceof UnusableProxy) return 'the proxy that HTTPS_PROXY or HTTP_PROXY names is no address';
    const proxied = /proxy (?:response|connection|tunnel)[^(]{0,80}\((\d{3})\)/i.exec(cause.message)?.[1];
    if (proxied !== undefined) return `the proxy refused the connection (${proxied})`;
  }
  const cause = error instanceof Error ? (error.cause as { code?: unknown } | undefined) : undefined;
  const code = typeof cause?.code === 'string' ? cause.code : '';
  if (/CERT|SELF_SIGNED|UNABLE_TO_(?:GET|VERIFY)/.test(code))
    return `its certificate is not trusted here (${code}): name the certificates of your network in NODE_EXTRA_CA_CERTS`;
  return code === '' ? 'no connection' : `no connection (${code})`;
}
