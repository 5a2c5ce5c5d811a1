import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { failed } from '../../../usage/testing/readings.ts';
import { ask, failedRequest, retryIn } from './http.ts';
import { answer, failure, type SourceContext, type UsageFailure } from './reading.ts';
import { quoted, scrub } from './scrub.ts';
import {
  complement,
  instant,
  jsonLines,
  percent,
  percentLeft,
  printedJson,
  printedList,
  shareOf,
} from './values.ts';

const now = new Date('2026-11-23T02:00:00Z');

/** What comes of a response of the service, or of an error of fetch. */
async function asked(
  response: Response | Error,
  refused?: (status: number, body: string) => UsageFailure | null,
) {
  const context = {
    now: () => now,
    signal: new AbortController().signal,
    fetch: async () => {
      if (response instanceof Error) throw response;
      return response;
    },
  } as unknown as SourceContext;
  return ask(context, { url: 'https://api.example.com/usage', headers: {} }, () => answer({}), refused);
}

const reasonOf = async (response: Response | Error) => failed(await asked(response)).reason;
const page = '<!DOCTYPE html><html><head><title>Attention Required!</title></head><body>human?</body></html>';
const html = { 'content-type': 'text/html; charset=utf-8' };

describe('an answer that is none of the service', () => {
  it('is named as a web page, whatever its status is', async () => {
    const refused = failed(await asked(new Response(page, { status: 403, headers: html })));
    assert.equal(refused.outcome, 'failed');
    assert.match(
      refused.reason,
      /^a web page answered instead of api\.example\.com \(403\): "Attention Required!"/,
    );
    assert.match(
      await reasonOf(new Response('  <HTML><body>Sign in</body>')),
      /^a web page answered instead of/,
    );
    assert.match(await reasonOf(new Response('', { headers: html })), /login page of this network/);
  });

  it('may still say when to ask again', async () => {
    const headers = { 'content-type': 'text/html', 'retry-after': '120' };
    const reading = failed(await asked(new Response(page, { status: 503, headers })));
    assert.equal(reading.retry_at, '2026-11-23T02:02:00.000Z');
  });

  it('is seen behind a comment, and where its status alone says so', async () => {
    assert.match(failed(await asked(new Response('<!-- x --><script>go()</script>'))).reason, /^a web page/);
    assert.match(failed(await asked(new Response('Log in', { status: 511 }))).reason, /^the login page/);
  });

  it('is named as a redirect, with the host that it names', async () => {
    const away = new Response('', {
      status: 302,
      headers: { location: 'https://portal.example.net/login?t=1' },
    });
    const reading = failed(await asked(away));
    assert.deepEqual([reading.outcome, reading.retry_at], ['failed', null]);
    assert.match(reading.reason, /not reached: redirected to portal\.example\.net \(302\)/);
    assert.doesNotMatch(reading.reason, /t=1/);
  });

  it('is never read as the word of a plan', async () => {
    const noPlan = () => failure('unsupported', 'no plan');
    assert.equal(failed(await asked(new Response(page, { status: 403 }), noPlan)).outcome, 'failed');
    assert.equal(failed(await asked(new Response('{}', { status: 403 }), noPlan)).outcome, 'unsupported');
  });

  it('is a proxy that refuses, or a certificate that is not trusted', async () => {
    const tunnel = new Error('fetch failed', {
      cause: new Error('Request was cancelled.', {
        cause: new Error('Proxy response (407) !== 200 when HTTP Tunneling'),
      }),
    });
    assert.equal(await reasonOf(tunnel), 'the proxy refused the connection (407)');
    const cause = Object.assign(new Error('self-signed'), { code: 'SELF_SIGNED_CERT_IN_CHAIN' });
    assert.match(await reasonOf(new Error('fetch failed', { cause })), /NODE_EXTRA_CA_CERTS/);
  });
});

describe('when a provider wants to be asked again', () => {
  it('is read from every status that tells it, in seconds, as a date or as the reset of a quota', async () => {
    const at = async (status: number, headers: Record<string, string>) => {
      const reading = failed(await asked(new Response('{}', { status, headers })));
      return [reading.outcome, reading.retry_at];
    };
    assert.deepEqual(await at(429, { 'retry-after': '120' }), ['rate_limited', '2026-11-23T02:02:00.000Z']);
    const date = 'Mon, 23 Nov 2026 03:00:00 GMT';
    assert.deepEqual(await at(503, { 'retry-after': date }), ['failed', '2026-11-23T03:00:00.000Z']);
    const github = { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '1795406400' };
    assert.deepEqual(await at(403, github), ['rate_limited', '2026-11-23T04:00:00.000Z']);
    assert.deepEqual(await at(403, {}), ['refused', null]);
  });

  it('is read from the words of a program too', () => {
    assert.equal(retryIn('429 Too Many Requests; retry-after: 90', now), '2026-11-23T02:01:30.000Z');
    assert.equal(retryIn('{"retry_after":30}', now), '2026-11-23T02:00:30.000Z');
    assert.equal(retryIn('rate limited, try again in 5 minutes', now), '2026-11-23T02:05:00.000Z');
    assert.equal(retryIn('429, retry in 45.5s', now), '2026-11-23T02:00:45.500Z');
    assert.equal(retryIn('{"retry_after_ms":30000}', now), '2026-11-23T02:00:30.000Z');
    assert.equal(retryIn('retryAfterSeconds: 30', now), '2026-11-23T02:00:30.000Z');
    assert.equal(retryIn('Retry-After: 2m', now), '2026-11-23T02:02:00.000Z');
    assert.equal(failedRequest('{"type":"rate_limit_error"}', 'x', now).outcome, 'rate_limited');
    assert.equal(retryIn('rate limited', now), null);
    const limited = failedRequest('GET x failed: 429; retry-after: 90', 'codex', now);
    assert.deepEqual([limited.outcome, limited.retry_at], ['rate_limited', '2026-11-23T02:01:30.000Z']);
    assert.match(failedRequest(`403 Forbidden; body=${page}`, 'codex').reason, /^a web page answered/);
  });
});

describe('words', () => {
  it('of ours are not redacted, and those from outside are', () => {
    assert.equal(failure('skipped', 'set AGENTPOOL_CURSOR_USAGE=1').reason, 'set AGENTPOOL_CURSOR_USAGE=1');
    assert.equal(failure('refused', 'the token was not accepted').reason, 'the token was not accepted');
    assert.equal(quoted('for a@example.invalid'), ': for [redacted]');
    assert.equal(quoted(''), '');
  });

  it('that are codes pass, and secrets of the same length do not', () => {
    const code = 'workspace_member_usage_limit_reached';
    assert.equal(scrub(`failed: ${code}`), `failed: ${code}`);
    for (const secret of [
      'AbCdEfGhIjKlMnOpQrStUvWx',
      'a1b2c3d4e5f6a7b8c9d0e1f2',
      'aaaaaaaaaaaaaaaaaaaaaaaaaaaa',
    ])
      assert.equal(scrub(secret), '[redacted]');
  });
});

describe('figures', () => {
  it('can exceed 100 percent, and nothing is less than nothing', () => {
    assert.deepEqual(
      [percent(250), percent('137.5'), percent(-1), percent(1795406400)],
      [250, 137.5, null, null],
    );
    assert.deepEqual([percentLeft(-1.3), percentLeft(100.4), percentLeft(180)], [-1.3, 100.4, null]);
    assert.equal(complement(250), 0);
    assert.deepEqual(
      [shareOf(5, 20), shareOf(30, 20), shareOf(5, 0), shareOf(1e306, 20)],
      [25, 150, null, null],
    );
  });

  it('are percentages with their sign too', () =>
    assert.deepEqual([percent('41 %'), percentLeft('-3%'), percent('%')], [41, -3, null]));

  it('are moments in whatever unit since 1970, and as databases write them', () => {
    for (const at of [1795406400, '1795406400000', 1795406400e6, '1795406400000000000'])
      assert.equal(instant(at), '2026-11-23T04:00:00.000Z');
    assert.equal(instant('2026-11-23 05:00:00.123456+01'), '2026-11-23T04:00:00.123Z');
    assert.deepEqual([instant(0), instant('soon'), instant(5e9 * 1000 * 2)], [null, null, null]);
  });

  it('are found behind what a version manager prints, in lists too', () => {
    assert.deepEqual(printedList('Now using node v22\n[{"a":1}]\n'), [{ a: 1 }]);
    assert.equal(printedList('Now using node v22'), null);
    assert.deepEqual(printedJson('Using {node} v22: {"a":1}\n'), { a: 1 });
    assert.deepEqual(jsonLines('\u001b[?25h\u001b[0m{"a":1}\n'), [{ a: 1 }]);
  });
});
