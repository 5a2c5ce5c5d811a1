import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { anyCharacter } from '../../testing/any-character.ts';
import { namedZone, shownAt, UTC, type Zone } from '../zones.ts';
import { explicitMoment, findReset, resetMoment } from './index.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const NOW = new Date('2026-11-29T20:00:00.000Z'); // a Sunday

const zone = (name: string): Zone => namedZone(name) ?? assert.fail(name);
const read = (words: string, about: Partial<Parameters<typeof resetMoment>[1]> = {}): string | null => {
  const at = resetMoment(words, { now: NOW, zone: UTC, ...about });
  return at === null ? null : new Date(at).toISOString().replace(/:00\.000Z$/, 'Z');
};

describe('words of a reset', () => {
  const spoken: [words: string, at: string][] = [
    ['Jan 3rd, 2027 9:15 AM', '2027-01-03T09:15Z'],
    ['3 January 2027 09:15', '2027-01-03T09:15Z'],
    ['Sun, Jan 3rd, 2027 at 9:15 a.m. EST', '2027-01-03T14:15Z'],
    ['in 4 days 20 hours', '2026-12-04T16:00Z'],
    ['in 4 days, 20 hours and 9 minutes', '2026-12-04T16:09Z'],
    ['in 2h 15m', '2026-11-29T22:15Z'],
    ['2h15m', '2026-11-29T22:15Z'],
    ['after 3h26m0s', '2026-11-29T23:26Z'],
    ['in about an hour', '2026-11-29T21:00Z'],
    ['in 1.5 hours', '2026-11-29T21:30Z'],
    ['in less than a minute', '2026-11-29T20:01Z'],
    ['in 45 minutes', '2026-11-29T20:45Z'],
    ['5 minutes ago', '2026-11-29T19:55Z'],
    ['Mon 9:00 AM', '2026-11-30T09:00Z'],
    ['Monday at 9am (UTC)', '2026-11-30T09:00Z'],
    ['on Sunday at 9 am', '2026-12-06T09:00Z'],
    ['3pm (Europe/Berlin)', '2026-11-30T14:00Z'],
    ['3:45\u202fPM PST', '2026-11-29T23:45Z'],
    ['3 PM PT', '2026-11-29T23:00Z'],
    ['3pm (GMT+5:30)', '2026-11-30T09:30Z'],
    ['Oct 9, 5:30 PM', '2026-10-09T17:30Z'],
    ['Dec 30 at 4pm (Europe/Prague)', '2026-12-30T15:00Z'],
    ['03:14 on 27 Jan', '2027-01-27T03:14Z'],
    ['tomorrow at 9', '2026-11-30T09:00Z'],
    ['tomorrow, 9pm', '2026-11-30T21:00Z'],
    ['at 23', '2026-11-29T23:00Z'],
    ['23:15 UTC', '2026-11-29T23:15Z'],
    ['noon', '2026-11-30T12:00Z'],
    ['midnight', '2026-11-30T00:00Z'],
    ['2027-01-03T09:15:00Z', '2027-01-03T09:15Z'],
    ['2027-01-03 11:15:00.000+02:00', '2027-01-03T09:15Z'],
    ['1798967700', '2027-01-03T09:15Z'],
    ['1798967700000', '2027-01-03T09:15Z'],
    ['12/25/2026, 5:30 PM', '2026-12-25T17:30Z'],
    ['25.12.2026 17:30', '2026-12-25T17:30Z'],
    ['Wed, 02 Dec 2026 07:28:00 GMT', '2026-12-02T07:28Z'],
  ];
  for (const [words, at] of spoken)
    it(`are read: ${words}`, () => assert.deepEqual([read(words), read(`Resets ${words} ·`)], [at, at]));

  it('are in the zone of the reader if they name none', () => {
    assert.equal(read('Dec 1, 3pm', { zone: zone('America/New_York') }), '2026-12-01T20:00Z');
    assert.equal(read('2026-12-01 15:00', { zone: zone('America/New_York') }), '2026-12-01T20:00Z');
    assert.equal(read('2026-12-01T15:00Z', { zone: zone('America/New_York') }), '2026-12-01T15:00Z');
  });

  const nonsense = [
    '',
    'soon',
    'tomorrow',
    'Monday',
    '9',
    '9 requests',
    '25:00',
    '9:75',
    '13pm',
    '100%',
    'later',
    'every hour',
    'NaN',
    'null',
  ];
  const impossible = [
    'Feb 30, 2027 3pm',
    '2027-02-30',
    '31.11.2026',
    '2027-13-01',
    'Sat, Jan 3, 2027 9:00',
    '0'.repeat(13),
  ];
  const ambiguous = [
    '3/4/2027 9:00',
    '5pm IST',
    '3pm (Mars/Phobos)',
    '3pm (Nowhere)',
    'in 2:15',
    'in 5000 days',
  ];
  it('that name no moment give none', () => {
    for (const words of [...nonsense, ...impossible, ...ambiguous]) assert.equal(read(words), null, words);
  });

  it('are never read as a moment outside the window', () => {
    const passed = { now: new Date('2026-11-29T20:01:00.000Z'), windowMs: 5 * HOUR };
    assert.equal(read('8:00pm', passed), '2026-11-29T20:00Z');
    assert.equal(read('6:00pm', passed), '2026-11-29T18:00Z');
    assert.equal(read('11:30pm', passed), '2026-11-29T23:30Z');
    assert.equal(read('Sun 8pm', { ...passed, windowMs: 7 * DAY }), '2026-11-29T20:00Z');
    assert.equal(read('Sun 8am', { ...passed, windowMs: 7 * DAY }), '2026-12-06T08:00Z');
    assert.equal(read('3/12/2026 9:00', { ...passed, windowMs: 7 * DAY }), '2026-12-03T09:00Z');
  });

  it('of a time that the clocks skip are the moment as long after the gap, and a repeated one is next', () => {
    const NEW_YORK = zone('America/New_York');
    const at = (now: string) => ({ zone: NEW_YORK, now: new Date(now) });
    assert.equal(read('2:30 AM', at('2026-03-08T06:00:00Z')), '2026-03-08T07:30Z');
    assert.equal(read('1:30 AM', at('2026-11-01T05:00:00Z')), '2026-11-01T05:30Z');
    assert.equal(read('1:30 AM', at('2026-11-01T05:45:00Z')), '2026-11-01T05:30Z');
    assert.equal(read('1:30 AM EST', at('2026-11-01T05:00:00Z')), '2026-11-01T06:30Z');
  });
});

describe('a reset in a text', () => {
  const about = { now: NOW, zone: UTC };
  const found = (text: string) => findReset(text, about)?.words ?? null;

  it('is found behind the words for it', () => {
    const codex =
      "You've hit your usage limit. Upgrade (https://x.example/pricing) or try again at Jan 3rd, 2027 9:15 AM.";
    assert.equal(found(codex), 'Jan 3rd, 2027 9:15 AM');
    assert.equal(found('Reset 11:59pm (Asia/Kolkata)'), '11:59pm (Asia/Kolkata)');
    assert.equal(found('hit your limit · resets 3pm (Europe/Berlin) /upgrade'), '3pm (Europe/Berlin)');
    assert.equal(found('Access resets at 3:00 PM PDT. /stats'), '3:00 PM PDT');
    assert.equal(found('reset_at: 2026-12-01T00:00:00Z'), '2026-12-01T00:00:00Z');
    assert.equal(found('Limit reached until Mon 9am'), 'Mon 9am');
    assert.equal(found('(resets 14:05 on 3 Dec)'), '14:05 on 3 Dec');
  });

  it('is quoted if nobody can say when it is, unless a later one can', () => {
    assert.deepEqual(findReset('Your limit resets soon. Ask later.', about), { words: 'soon', at: null });
    assert.equal(found('resets soon · try again at 3pm'), '3pm');
    assert.equal(found('Add credits or try again later.'), null);
  });

  it('is none where a menu or a sentence only has the word', () => {
    assert.equal(found('❯ 1. Stop and wait for limit to reset 2. Upgrade'), null);
    assert.equal(found('again 2 days back, until it is 100% done'), null);
    assert.equal(found('Presets: 3pm'), null);
  });
});

describe('every format', () => {
  const zones = [
    'UTC',
    'Europe/Berlin',
    'America/New_York',
    'Asia/Kolkata',
    'Australia/Lord_Howe',
    'Pacific/Auckland',
    'America/St_Johns',
  ];
  const windows = [5 * HOUR, DAY, 7 * DAY, 30 * DAY, null];
  const pad = (n: number) => String(n).padStart(2, '0');
  const MONTHS = [
    'January',
    'February',
    'March',
    'April',
    'May',
    'June',
    'July',
    'August',
    'September',
    'October',
    'November',
    'December',
  ];
  const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
  const half = (d: Date) =>
    `${d.getUTCHours() % 12 || 12}:${pad(d.getUTCMinutes())} ${d.getUTCHours() < 12 ? 'AM' : 'PM'}`;
  const full = (d: Date) => `${d.getUTCHours()}:${pad(d.getUTCMinutes())}`;
  const month = (d: Date) => MONTHS[d.getUTCMonth()] ?? '';
  const iso = (d: Date) => d.toISOString().slice(0, 16);
  /** How long before the same words come again, and how they are written from what local clocks show. */
  const formats: [repeats: number, write: (shown: Date) => string][] = [
    [
      Number.POSITIVE_INFINITY,
      (d) => `${month(d).slice(0, 3)} ${d.getUTCDate()}th, ${d.getUTCFullYear()} ${half(d)}`,
    ],
    [Number.POSITIVE_INFINITY, (d) => `${d.getUTCDate()} ${month(d)} ${d.getUTCFullYear()}, ${full(d)}`],
    [Number.POSITIVE_INFINITY, (d) => iso(d).replace('T', ' ')],
    [
      Number.POSITIVE_INFINITY,
      (d) => `at ${half(d)} on ${month(d)} ${d.getUTCDate()}, ${d.getUTCFullYear()}`,
    ],
    [
      180 * DAY,
      (d) => `${month(d).slice(0, 3)} ${d.getUTCDate()}, ${half(d).toLowerCase().replace(' ', '')}`,
    ],
    [180 * DAY, (d) => `${full(d)} on ${d.getUTCDate()} ${month(d).slice(0, 3)}`],
    [6 * DAY, (d) => `${DAYS[d.getUTCDay()]?.slice(0, 3)} ${half(d)}`],
    [6 * DAY, (d) => `${DAYS[d.getUTCDay()]} at ${full(d)}`],
    [22 * HOUR, half],
    [22 * HOUR, full],
  ];

  it('gives the moment that was written, in every zone and window', () => {
    const moments = fc.record({
      now: fc.integer({ min: Date.UTC(2024, 0), max: Date.UTC(2032, 0) }),
      name: fc.constantFrom(...zones),
      windowMs: fc.constantFrom(...windows),
      format: fc.constantFrom(...formats),
      share: fc.double({ min: 0, max: 1, noNaN: true }),
      isInWords: fc.boolean(),
    });
    fc.assert(
      fc.property(moments, ({ now, name, windowMs, format: [repeats, write], share, isInWords }) => {
        const until = Math.min(windowMs ?? 60 * DAY, repeats);
        const at = Math.ceil((now + share * (until - MINUTE)) / MINUTE) * MINUTE;
        const where = zone(name);
        const shown = shownAt(at, where);
        const words = isInWords ? `${write(shown)} (${name})` : write(shown);
        const given = resetMoment(words, { now: new Date(now), zone: isInWords ? UTC : where, windowMs });
        // An hour that clocks repeat is written the same twice.
        const isRepeated = given !== null && shownAt(given, where).getTime() === shown.getTime();
        assert.ok(
          given === at || (isRepeated && Math.abs(given - at) <= HOUR),
          `${words}: ${given} for ${at}`,
        );
      }),
      { numRuns: 400 },
    );
  });

  it('of a span gives the moment that is as far away', () => {
    const spans = fc.record({
      days: fc.nat(30),
      hours: fc.nat(23),
      minutes: fc.integer({ min: 1, max: 59 }),
    });
    fc.assert(
      fc.property(
        spans,
        fc.constantFrom('in ', 'after ', ''),
        fc.boolean(),
        ({ days, hours, minutes }, before, isShort) => {
          const part = (n: number, unit: string) =>
            n === 0 ? '' : isShort ? `${n}${unit[0]} ` : `${n} ${unit}${n > 1 ? 's' : ''} `;
          const words = `${before}${part(days, 'day')}${part(hours, 'hour')}${part(minutes, 'minute')}`;
          const expected = NOW.getTime() + days * DAY + hours * HOUR + minutes * MINUTE;
          assert.equal(resetMoment(words, { now: NOW, zone: UTC }), expected, words);
        },
      ),
      { numRuns: 100 },
    );
  });

  it('and any other text throws nothing, and names no moment that is far from now', () => {
    const word = fc.constantFrom(
      'resets',
      'at',
      'in',
      'Mon',
      'Jan',
      '3',
      '9:15',
      'am',
      'PM',
      '(',
      'UTC',
      ')',
      '2027',
      '-07:00',
      'tomorrow',
      '4d',
      '·',
      '99',
      '1798967700',
      'Etc/X',
    );
    const texts = fc.oneof(
      fc.string(),
      fc.string({ unit: anyCharacter }),
      fc.array(word, { maxLength: 8 }).map((words) => words.join(' ')),
    );
    fc.assert(
      fc.property(texts, fc.constantFrom(...windows), (text, windowMs) => {
        const about = { now: NOW, zone: UTC, windowMs };
        for (const at of [resetMoment(text, about), findReset(text, about)?.at ?? null, explicitMoment(text)])
          assert.ok(at === null || (Number.isFinite(at) && at > Date.UTC(2000, 0) && at < Date.UTC(2200, 0)));
      }),
      { numRuns: 300 },
    );
  });
});

describe('an explicit moment', () => {
  it('needs no clock of the reader’s, and is in UTC', () => {
    assert.equal(explicitMoment('2026-12-01'), Date.UTC(2026, 11, 1));
    assert.equal(explicitMoment('Wed, 21 Oct 2026 07:28:00 GMT'), Date.UTC(2026, 9, 21, 7, 28));
    assert.equal(explicitMoment('2026-11-23T04:00:00.123456+00:00'), Date.UTC(2026, 10, 23, 4, 0, 0, 123));
    for (const words of ['3pm', 'Jan 3', 'in 2 hours', '12', 'soon', '2026-12-01 or so'])
      assert.equal(explicitMoment(words), null);
  });
});
