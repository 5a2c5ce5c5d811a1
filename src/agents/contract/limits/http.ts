import { type Failure, failure, type Reading, type SourceContext } from './reading.ts';
import { instant, number } from './values.ts';

const MAX_BYTES = 16 * 1024 * 1024;

export interface Question {
  url: string;
  method?: 'GET' | 'POST';
  /** Holds the credential; nothing of it is ever part of a reading. */
  headers: Record<string, string>;
  body?: string | Uint8Array<ArrayBuffer>;
}

/** Asks a provider and hands the body of a 2xx to the parser; everything else is a failure in words. */
export async function ask(
  context: SourceContext,
  question: Question,
  parse: (body: Uint8Array) => Reading,
): Promise<Reading> {
  try {
    const response = await context.fetch(question.url, {
      method: question.method ?? 'GET',
      headers: question.headers,
      ...(question.body === undefined ? {} : { body: question.body }),
      // A redirect would carry the credential to another host.
      redirect: 'error',
      signal: context.signal,
    });
    const body = await readAll(response);
    if (body === null) return failure('unreadable', 'the answer is larger than 16 MiB');
    return response.ok
      ? parse(body)
      : failureOfStatus(response.status, response.headers.get('retry-after'), context.now());
  } catch (error) {
    if (context.signal.aborted) return failure('timed_out', 'no answer before the deadline');
    return failure('failed', networkReason(error));
  }
}

/** What an HTTP status means for a token that is not the agent's own login. */
export function failureOfStatus(status: number, retryAfter: string | null, now: Date): Failure {
  if (status === 429) return failure('rate_limited', 'asked too often (429)', retryAt(retryAfter, now));
  if (status === 401) return failure('refused', 'the token was not accepted (401)');
  if (status === 403) return failure('refused', 'the token may not read this (403)');
  if (status === 404) return failure('unsupported', 'no such service for this account (404)');
  return failure('failed', `the provider answered with status ${status}`);
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

/** fetch says only 'fetch failed'; the cause has the code that distinguishes no network from no such host. */
function networkReason(error: unknown): string {
  const cause = error instanceof Error ? (error.cause as { code?: unknown } | undefined) : undefined;
  return typeof cause?.code === 'string' ? `no connection (${cause.code})` : 'no connection';
}
