import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { packagedRules } from '../../../agents/testing/rules.ts';
import type { ObserveEvent, WorkerState } from '../../../events/catalogue/words.ts';
import { type Classification, classify } from '../../../terminal/detection/classify.ts';
import { screenFromText } from '../../../terminal/detection/screen/screen-from-text.ts';
import { classified } from '../../testing/classified.ts';
import { BoundedPerception } from './bounded-perception.ts';
import { PER_MINUTE } from './bounds.ts';
import { Perception } from './perception.ts';

const MINUTE = 60_000;
const STATES: Partial<Record<ObserveEvent, WorkerState>> = {
  screen_changed: 'RUNNING',
  idle: 'IDLE',
  question: 'AWAITING_USER_INPUT',
  approval_prompt: 'AWAITING_APPROVAL',
  error: 'FAILED',
  completed: 'COMPLETED',
};

/** A watched worker without its process: each screen is perceived, and again when the perception asks for it. */
class Watched {
  readonly perception = new BoundedPerception(new Perception(0, { idleMs: 1000, unknownMs: 30_000 }));
  state: WorkerState = 'RUNNING';
  readonly seen: { kind: 'state' | 'limit' | 'retry'; at: number; what: unknown }[] = [];
  omits = 0;
  #recheck: number | null = null;

  show(classification: Classification, at: number, content = classification.evidence.join()): void {
    const snapshot = { classification, line: null, result: null, content };
    while (this.#recheck !== null && this.#recheck < at)
      this.#perceive(this.#last ?? snapshot, this.#recheck);
    this.#last = snapshot;
    this.#perceive(snapshot, at);
  }

  settle(at: number): void {
    while (this.#last && this.#recheck !== null && this.#recheck < at)
      this.#perceive(this.#last, this.#recheck);
  }

  of = (kind: string) => this.seen.filter((each) => each.kind === kind);

  #last: Parameters<BoundedPerception['perceive']>[1] | null = null;

  #perceive(snapshot: NonNullable<typeof this.Snapshot>, at: number): void {
    const { observation, limit, retry, recheckInMs, omits } = this.perception.perceive(
      this.state,
      snapshot,
      at,
    );
    if (limit) this.seen.push({ kind: 'limit', at, what: limit });
    if (retry) this.seen.push({ kind: 'retry', at, what: retry });
    if (observation) this.seen.push({ kind: 'state', at, what: observation.event });
    if (observation) this.state = STATES[observation.event] ?? this.state;
    this.omits += omits.length;
    this.#recheck = recheckInMs === null ? null : at + Math.max(1, recheckInMs);
  }

  declare readonly Snapshot: Parameters<BoundedPerception['perceive']>[1];
}

const busiest = (seen: Watched['seen']): number =>
  Math.max(
    0,
    ...seen.map(({ at }) => seen.filter((other) => other.at >= at && other.at < at + MINUTE).length),
  );

describe('a bounded perception', () => {
  const retrying = (text: string) => [{ kind: 'retrying' as const, text, rule: 'r' }];
  const screens: ((n: number) => Classification)[] = [
    () => classified('working'),
    (n) => classified('question', { question: `Question ${n}?`, evidence: [`${n}?`] }),
    (n) => classified('approval', { evidence: [`run ${n}`] }),
    () => classified('idle'),
    (n) => classified('error', { evidence: [`error ${n}`] }),
    (n) => classified('limit', { evidence: ['5-hour limit'], resets_at_text: `in ${(n % 23) + 1} hours` }),
    (n) =>
      classified('limit', { evidence: [`weekly limit ${n}`], resets_at_text: `Dec ${(n % 28) + 1}, 3pm` }),
    (n) => classified('working', { warnings: retrying(`refused, attempt ${n}`) }),
  ];
  const frames = fc.array(fc.tuple(fc.nat(screens.length - 1), fc.integer({ min: 5, max: 900 })), {
    maxLength: 600,
  });

  it('gives no more events of any kind in a minute than its bound, and always the newest state', () =>
    fc.assert(
      fc.property(
        frames,
        fc.constantFrom(...(['working', 'question', 'approval'] as const)),
        (shown, end) => {
          const watched = new Watched();
          let at = 0;
          for (const [n, [which, wait]] of shown.entries()) {
            at += wait;
            watched.show((screens[which] ?? assert.fail())(n), at);
          }
          watched.show(classified(end, { evidence: ['the end'], question: 'the end' }), at + 10);
          watched.settle(at + 5 * MINUTE);
          for (const kind of ['state', 'limit', 'retry'] as const)
            assert.ok(busiest(watched.of(kind)) <= PER_MINUTE[kind], kind);
          const expected = {
            working: 'RUNNING',
            question: 'AWAITING_USER_INPUT',
            approval: 'AWAITING_APPROVAL',
          }[end];
          const was = watched.state;
          // A turn that has ended is not resumed by a screen that only looks like work for a moment.
          assert.ok(was === expected, `${was}, not ${expected}`);
        },
      ),
      { numRuns: 60 },
    ));

  it('says once that it leaves something out, and gives the newest of it later', () => {
    const watched = new Watched();
    for (let n = 0; n < 28; n++)
      watched.show(
        classified('limit', { evidence: ['weekly limit'], resets_at_text: `Dec ${(n % 28) + 1}, 3pm` }),
        n * 100,
      );
    assert.deepEqual([watched.of('limit').length, watched.omits], [PER_MINUTE.limit, 1]);
    watched.settle(2 * MINUTE);
    const last = watched.of('limit').at(-1)?.what as Classification;
    assert.deepEqual(
      [watched.of('limit').length, last.resets_at_text],
      [PER_MINUTE.limit + 1, 'Dec 28, 3pm'],
    );
  });
});

describe('a limit that stays on a screen of which any part moves', () => {
  const rules = { opencode: packagedRules('opencode'), claude: packagedRules('claude-code') };
  const read = (agent: keyof typeof rules, rows: readonly string[]) =>
    classify(screenFromText(rows.join('\n'), { ansi: false, title: '' }), rules[agent]);
  const moving = fc.record({
    bar: fc.nat(8),
    used: fc.integer({ min: 90, max: 99 }),
    tokens: fc.nat(99_999),
    minute: fc.nat(59),
    sign: fc.constantFrom('✻', '✽', '✶', '·'),
  });
  const DRAWN = {
    opencode: ({ bar, tokens, minute }: { bar: number; tokens: number; minute: number }) => [
      '  ┃  please tidy up',
      '',
      '     ▣  Build · Some Model',
      '  ┃',
      '  ┃  Build · Some Model Zen',
      `  ╹${'▀'.repeat(70)}`,
      `   ${'■'.repeat(bar)}${'⬝'.repeat(8 - bar)} Rate limit exceeded: ${tokens} tokens at 10:${String(minute).padStart(2, '0')} [retrying in ${minute}s attempt #1]  esc interrupt`,
    ],
    claude: ({ used, tokens, sign }: { used: number; tokens: number; sign: string }) => [
      '❯ tidy up',
      '',
      `${sign} Pondering… (${tokens % 60}s · ↓ ${tokens} tokens)`,
      '',
      `   You've used ${used}% of your 5-hour limit · resets 8:15pm (UTC)`,
      '─'.repeat(80),
      '❯ ',
      '─'.repeat(80),
      `  ? for shortcuts                       ${tokens} tokens`,
    ],
  };

  for (const agent of ['opencode', 'claude'] as const)
    it(`is one event: ${agent}`, () =>
      fc.assert(
        fc.property(fc.array(moving, { minLength: 2, maxLength: 60 }), (frames) => {
          const watched = new Watched();
          for (const [n, frame] of frames.entries()) {
            const rows = DRAWN[agent](frame);
            const classification = read(agent, rows);
            assert.ok(classification.warnings.length > 0, rows.join('\n'));
            watched.show(classification, n * 80, rows.join('\n'));
          }
          watched.settle(10 * MINUTE);
          assert.deepEqual([watched.of('limit').length, watched.of('retry').length <= 1], [1, true]);
        }),
        { numRuns: 40 },
      ));

  it('is another one with another window, state or reset, and keeps a reset that a menu does not name', () => {
    const watched = new Watched();
    const limit = (
      evidence: string,
      resets: string | null,
      at: number,
      label: 'limit' | 'working' = 'limit',
    ) => {
      const warnings =
        label === 'limit' ? [] : [{ kind: 'limit_warning' as const, text: evidence, rule: 'near' }];
      const reset = resets === null ? {} : { resets_at_text: resets };
      watched.show(classified(label, { evidence: [evidence], warnings, ...reset }), at);
      return watched.of('limit').length;
    };
    assert.equal(limit('90% of your weekly limit used', 'Dec 1, 3pm', 0, 'working'), 1);
    assert.equal(limit('97% of your weekly limit used', 'Dec 1, 3pm', 1000, 'working'), 1);
    assert.equal(limit("You've hit your weekly limit", 'Dec 1, 3pm', 2000), 2);
    assert.equal(limit('What do you want to do?', null, 3000), 2);
    assert.equal(limit("You've hit your 5-hour limit", 'in 2h 15m', 4000), 3);
    assert.equal(limit("You've hit your 5-hour limit", 'in 2h 14m', 64_000), 3);
    assert.equal(limit("You've hit your weekly limit", 'Dec 8, 3pm', 65_000), 4);
  });
});
