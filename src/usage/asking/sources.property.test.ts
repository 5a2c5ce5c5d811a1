import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import Value from 'typebox/value';
import { usageFixture } from '../../../fixtures/usage/read.ts';
import { parseAmpUsage } from '../../agents/amp/limits.ts';
import { parseAgyUsage } from '../../agents/antigravity-cli/limits.ts';
import { parseClaudeCache } from '../../agents/claude-code/limits/cache.ts';
import { parseClaudeGetUsage } from '../../agents/claude-code/limits/get-usage.ts';
import { parseClaudeStatusline, parseClaudeStream } from '../../agents/claude-code/limits/stream.ts';
import { parseClaudeUsageText } from '../../agents/claude-code/limits/usage-text.ts';
import { parseCodexAppServer } from '../../agents/codex-cli/limits/app-server.ts';
import { parseCodexRollouts } from '../../agents/codex-cli/limits/rollouts.ts';
import type { UsageReading } from '../../agents/contract/limits/reading.ts';
import { parseJson } from '../../agents/contract/limits/values.ts';
import { parseCopilotQuota } from '../../agents/copilot-cli/limits/get-quota.ts';
import { parseCopilotUser } from '../../agents/copilot-cli/limits/user.ts';
import { parseCursorPeriod } from '../../agents/cursor-cli/limits.ts';
import { parseDevinUserStatus } from '../../agents/devin-cli/limits/user-status.ts';
import { parseDroidBilling } from '../../agents/droid-cli/limits.ts';
import { parseGeminiQuota } from '../../agents/gemini-cli/limits.ts';
import { parseGrokBilling } from '../../agents/grok-build/limits.ts';
import { parseKimiUsages } from '../../agents/kimi-code/limits.ts';
import { parseKiroUsage } from '../../agents/kiro-cli/limits.ts';
import { parseMinimaxRemains } from '../../agents/minimax/limits.ts';
import { parseOpencodeGo } from '../../agents/opencode/limits.ts';
import { parseZaiQuota } from '../../agents/zai-glm/limits.ts';
import { UsageWindow } from '../../events/catalogue/usage.ts';
import { parseCcusage } from '../backends/ccusage.ts';
import { parseCodexbar } from '../backends/codexbar.ts';
import { parseUsageCommand } from '../backends/usage-command.ts';

const now = new Date('2026-11-23T02:00:00Z');
/** What a program prints as words is a JSON string among the answers that are mutated. */
const words = (text: string): string => {
  const value = parseJson(text);
  return typeof value === 'string' ? value : text;
};
const framed = (body: string) => `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;

/** Every parser with answers that it understands; `wrap` is what surrounds a JSON value. */
const parsers: Record<
  string,
  { parse: (text: string) => UsageReading; fixtures: string[]; wrap?: (json: string) => string }
> = {
  'codex app-server': {
    parse: parseCodexAppServer,
    fixtures: ['pro', 'free', 'weekly-only', 'reached', 'signed-out', 'api-key', '401', '429', 'old-cli'].map(
      (n) => `codex-app-server-${n}.jsonl`,
    ),
  },
  'codex rollouts': { parse: parseCodexRollouts, fixtures: ['codex-rollout.jsonl'] },
  'claude get_usage': {
    parse: parseClaudeGetUsage,
    fixtures: ['fresh', 'cached', 'not-fetched', 'signed-out', 'old-cli'].map(
      (n) => `claude-get-usage-${n}.jsonl`,
    ),
  },
  'claude /usage': { parse: (text) => parseClaudeUsageText(text, now), fixtures: ['claude-usage-text.json'] },
  'claude cache': { parse: parseClaudeCache, fixtures: ['claude-config.json'] },
  'claude stream': { parse: parseClaudeStream, fixtures: ['claude-stream.jsonl'] },
  'claude statusline': { parse: parseClaudeStatusline, fixtures: ['claude-statusline.json'] },
  'copilot getQuota': {
    parse: (text) => parseCopilotQuota(text, now),
    fixtures: ['copilot-quota.json'],
    wrap: (json) => framed(`{"id":3,"result":${json}}`),
  },
  'copilot endpoint': { parse: parseCopilotUser, fixtures: ['copilot-user.json', 'copilot-user-free.json'] },
  'cursor period': { parse: parseCursorPeriod, fixtures: ['cursor-period.json'] },
  'devin user status': { parse: parseDevinUserStatus, fixtures: ['devin-user-status.json'] },
  'droid billing': { parse: (text) => parseDroidBilling(text, now), fixtures: ['droid-billing.json'] },
  'opencode go': { parse: parseOpencodeGo, fixtures: ['opencode-go.json'] },
  'kimi usages': { parse: parseKimiUsages, fixtures: ['kimi-usages.json'] },
  'zai quota': { parse: parseZaiQuota, fixtures: ['zai-quota.json'] },
  'minimax remains': { parse: parseMinimaxRemains, fixtures: ['minimax-remains.json'] },
  'gemini quota': { parse: parseGeminiQuota, fixtures: ['gemini-quota.json'] },
  'grok billing': { parse: parseGrokBilling, fixtures: ['grok-billing.jsonl'] },
  'amp usage': { parse: (text) => parseAmpUsage(words(text), now), fixtures: ['amp-usage.txt'] },
  'kiro usage': { parse: (text) => parseKiroUsage(words(text), now), fixtures: ['kiro-usage.txt'] },
  'agy usage': { parse: parseAgyUsage, fixtures: ['agy-usage.json'] },
  'usage command': { parse: parseUsageCommand, fixtures: ['usage-command.json'] },
  codexbar: { parse: (text) => parseCodexbar(text, 'codex'), fixtures: ['codexbar.json'] },
  ccusage: { parse: parseCcusage, fixtures: ['ccusage-blocks.json'] },
};

const HTML = '<!DOCTYPE html><html><body>Sign in to continue</body></html>';
const junk = [
  '',
  '\u0000',
  HTML,
  'null',
  '[]',
  '{}',
  '"text"',
  '3',
  '{"error":',
  '[[[[',
  `{"a":${'['.repeat(5000)}`,
];

/** Ten megabytes each, made once for all parsers. */
const NOISE = [
  `${'lorem ipsum {"id": 3 '.repeat(1000)}\n`.repeat(480),
  '{'.repeat(10_000_000),
  `{"padding":"${'x'.repeat(10_000_000)}"}`,
];

/** Replaces values in an answer that was understood: most bugs of a parser are one field away from it. */
const odd = fc.oneof(
  fc.constantFrom(
    null,
    true,
    '',
    'NaN',
    '41',
    '-1',
    -1,
    0,
    1e30,
    1795406400,
    1795406400000,
    '2026-11-23T04:00:00Z',
    'soon',
    [],
    {},
    [null],
  ),
  fc.jsonValue({ maxDepth: 2 }),
);

function mutate(value: unknown, at: number, replacement: unknown): unknown {
  let index = 0;
  const walk = (node: unknown): unknown => {
    if (index++ === at) return replacement;
    if (Array.isArray(node)) return node.map(walk);
    if (node === null || typeof node !== 'object') return node;
    return Object.fromEntries(Object.entries(node).map(([key, child]) => [key, walk(child)]));
  };
  return walk(value);
}

const linesOf = (name: string): string[] => {
  const whole = usageFixture(name);
  if (name.endsWith('.txt')) return [JSON.stringify(whole)];
  return name.endsWith('.jsonl') ? whole.trimEnd().split('\n') : [whole];
};

function sound(reading: UsageReading): void {
  if (!reading.answered) {
    assert.ok(reading.reason.length > 0 && reading.reason.length <= 200);
    return;
  }
  for (const window of reading.windows) {
    assert.ok(Value.Check(UsageWindow, window), JSON.stringify(window));
  }
  assert.equal(new Set(reading.windows.map((w) => w.name)).size, reading.windows.length, 'names are keys');
}

for (const [name, { parse, fixtures, wrap = (json: string) => json }] of Object.entries(parsers)) {
  const answers = fixtures.map((fixture) => linesOf(fixture));
  const whole = (lines: string[]) => lines.map(wrap).join('\n');

  describe(`the parser of ${name}`, () => {
    it('says in words what it cannot read, and never throws', () => {
      for (const text of junk) assert.equal(parse(text).answered, false, text.slice(0, 40));
      fc.assert(
        fc.property(fc.string({ maxLength: 300 }), (text) => void sound(parse(text))),
        { numRuns: 60 },
      );
      fc.assert(
        fc.property(fc.json({ maxDepth: 3 }), (json) => void sound(parse(wrap(json)))),
        { numRuns: 60 },
      );
    });

    it('returns its shape whichever value of a good answer is replaced', () => {
      const cases = fc.tuple(fc.constantFrom(...answers), fc.nat(80), odd);
      const property = fc.property(cases, ([lines, at, replacement]) => {
        const changed = lines.map((line) => JSON.stringify(mutate(JSON.parse(line), at, replacement)) ?? '');
        sound(parse(whole(changed)));
      });
      fc.assert(property, { numRuns: 300 });
    });

    it('repeats no e-mail and no token of an answer', () => {
      const secrets = [
        'someone@example.invalid',
        'sk-ant-oat01-AbCdEfGhIjKlMnOpQrStUv',
        'eyJhbGciOiJub25lIn0.eyJlbWFpbCI6ImEifQ.c2ln',
      ];
      const cases = fc.tuple(
        fc.constantFrom(...answers),
        fc.nat(80),
        fc.constantFrom(...secrets),
        fc.boolean(),
      );
      const property = fc.property(cases, ([lines, at, secret, alone]) => {
        const replacement = alone ? secret : `the account ${secret} may not`;
        const changed = lines.map((line) => JSON.stringify(mutate(JSON.parse(line), at, replacement)));
        assert.ok(!JSON.stringify(parse(whole(changed))).includes(secret));
      });
      fc.assert(property, { numRuns: 300 });
    });

    it('gets through 10 MB of noise', () => {
      for (const noise of NOISE) assert.equal(parse(noise).answered, false);
    });
  });
}
