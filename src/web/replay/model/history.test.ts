import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { historyLine } from '../../../events/transfer/history-file.ts';
import { answered, asked, completed, START, Story, started } from '../testing/story.ts';
import { endOf, historyOf, letterOf, type ReplayHistory, stateAt } from './history.ts';
import { around, found, parts } from './search.ts';
import { storedIn } from './stored.ts';
import { Clock, sinceStart, span } from './time-words.ts';

const folder = join(import.meta.dirname, '../../../../fixtures/histories');

function kept(release: string, name: string): ReplayHistory {
  const lines = readFileSync(join(folder, release, name), 'utf8').split('\n');
  const stored = lines.flatMap((line, index) => historyLine(line, index + 1) ?? []);
  const sessions = new Set(
    stored.flatMap(({ stream_id }) => (stream_id.startsWith('worker/') ? [stream_id.slice(7)] : [])),
  );
  return historyOf(stored, [...sessions], null);
}

const told = async (
  story: Story,
  sessions: readonly string[],
  from: Date | null = null,
): Promise<ReplayHistory> => {
  const { data } = await story.parts(sessions, { from });
  return historyOf(data.events, data.workers, from?.getTime() ?? null);
};

describe('the history on a page', () => {
  it('has a line and a kind for every event of every release', () => {
    for (const release of readdirSync(folder).filter((name) => name.startsWith('v'))) {
      for (const name of readdirSync(join(folder, release)).filter((file) => file.endsWith('.ndjson'))) {
        const { events, lanes } = kept(release, name);
        for (const event of events) {
          assert.ok(event.event, `${name}: ${event.stored.type}`);
          assert.match(event.headline, /\S/, event.stored.type);
          assert.doesNotMatch(`${event.headline} ${event.description}`, /undefined|\[object|\bnull\b/);
        }
        for (const { segments } of lanes)
          for (const [index, { from, to }] of segments.entries()) {
            assert.ok(from <= to, name);
            if (index > 0) assert.equal(from, segments[index - 1]?.to, name);
          }
      }
    }
  });

  it('says what was asked and answered in the words of who said it', () => {
    const { events } = kept('v0.3.0', 'question-answered.ndjson');
    const kinds = events.map(({ kind, headline }) => `${kind}: ${headline}`);
    assert.ok(
      kinds.includes('question: asks: Should prices be rounded per line or per order?'),
      kinds.join('\n'),
    );
    assert.ok(kinds.some((each) => each.startsWith('answer: gets: ')));
  });

  it('follows each worker through its states', async () => {
    const story = new Story().begun(0, 'ap_a').begun(5, 'ap_b');
    story
      .at(10, 'ap_a', asked('Which one?'))
      .at(20, 'ap_a', answered('The first.'))
      .at(30, 'ap_a', completed);
    const { lanes } = await told(story, ['ap_a', 'ap_b']);
    const [a, b] = lanes;
    assert.ok(a && b);
    assert.deepEqual(
      a.segments.map(({ state }) => state),
      ['STARTING', 'READY', 'RUNNING', 'AWAITING_USER_INPUT', 'RUNNING', 'COMPLETED'],
    );
    assert.deepEqual(
      [stateAt(a, 15_000), stateAt(b, 1000), stateAt(b, 6000)],
      ['AWAITING_USER_INPUT', null, 'RUNNING'],
    );
    const last = b.segments.at(-1);
    assert.ok(last);
    assert.equal(endOf(b, last, 60_000), 60_000, 'a worker that runs goes on to the end');
  });

  it('begins at a moment, in the state of that moment', async () => {
    const story = new Story().begun(0, 'ap_a').at(100, 'ap_a', asked('Which one?'));
    const { events, earlier, lanes } = await told(story, ['ap_a'], new Date(START + 60_000));
    assert.deepEqual([events.length, earlier, events[0]?.at], [1, 3, 40_000]);
    assert.deepEqual(
      lanes[0]?.segments.map(({ state, from }) => [state, from]),
      [
        ['RUNNING', 0],
        ['AWAITING_USER_INPUT', 40_000],
      ],
    );
    assert.equal(lanes[0]?.task, 'Limit the sign-in.');
  });

  it('keeps an event that it cannot read, and guesses nothing', async () => {
    const { data } = await new Story().begun(0, 'ap_a').parts(['ap_a']);
    const [first, ...others] = data.events;
    assert.ok(first);
    const strange = { ...first, type: '__proto__', payload: '{"state":"constructor"}' };
    const { events, lanes } = historyOf([strange, ...others], ['ap_a'], null);
    assert.deepEqual([events[0]?.event, events[0]?.kind, events[0]?.after], [null, 'note', null]);
    assert.deepEqual(
      lanes[0]?.segments.map(({ state }) => state),
      ['READY', 'RUNNING'],
    );
  });

  it('hides what would reorder or hide the words around it', async () => {
    const story = new Story()
      .begun(0, 'ap_a', 'task\u202e\u0000\u200b')
      .at(1, 'ap_a', asked('a\u202eb\u0000c\u2066d'));
    const { events, lanes } = await told(story, ['ap_a']);
    assert.equal(events.at(-1)?.headline, 'asks: abcd');
    assert.equal(lanes[0]?.task, 'task');
  });

  it('takes nothing for an event that lacks a field, or has it by inheritance', () => {
    assert.equal(storedIn(null), null);
    assert.equal(storedIn({ position: 1 }), null);
    assert.equal(storedIn(JSON.parse('{"__proto__":{"position":1}}')), null);
  });

  it('calls workers by letters', () => {
    assert.deepEqual([0, 25, 26, 53].map(letterOf), ['A', 'Z', 'A2', 'B3']);
  });
});

describe('searching on a page', () => {
  it('finds words in the headline, and what only the log holds', async () => {
    const story = new Story().begun(0, 'ap_a').at(1, 'ap_a', asked('In memory or in Redis?'));
    const { events } = await told(story, ['ap_a']);
    assert.equal(found(events, 'redis', new Set()).length, 1);
    assert.equal(found(events, '', new Set(['question'])).length, 1);
    assert.equal(found(events, 'redis', new Set(['answer'])).length, 0);
    const [deep] = found(events, '"pane":"%1"', new Set());
    assert.equal(deep?.stored.type, started.type);
    assert.match((deep && around(deep, '"pane":"%1"')) ?? '', /"pane":"%1"/);
  });

  it('marks each place, in any case', () => {
    assert.deepEqual(parts('Redis or redis', 'REDIS'), ['', 'Redis', ' or ', 'redis', '']);
    assert.deepEqual(parts('İstanbul', 'i'), ['İstanbul']);
    assert.deepEqual(parts('text', ' '), ['text']);
  });
});

describe('times in words', () => {
  it('are short', () => {
    assert.deepEqual(
      [0, 83_040, 3_723_400].map((ms) => sinceStart(ms)),
      ['0:00.0', '1:23.0', '1:02:03.4'],
    );
    assert.deepEqual([350, 6400, 41_000, 59_900, 192_000, 7_500_000, 273_600_000].map(span), [
      '350 ms',
      '6.4 s',
      '41 s',
      '1 min',
      '3 min 12 s',
      '2 h 5 min',
      '3 d 4 h',
    ]);
  });

  it('are in the zone of the page, or in UTC where that is none', () => {
    assert.equal(new Clock('Asia/Tokyo').time(START), '18:00:00');
    assert.equal(new Clock('__proto__').time(START), '09:00:00');
    assert.equal(new Clock('UTC').day(START), '2026-03-04');
  });
});
