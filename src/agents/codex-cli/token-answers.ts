import { type Json, record, text } from '../contract/limits/values.ts';
import { byTime, type Sighting, type TokenUse } from '../contract/tokens/use.ts';

/** What a fork repeats is written at once, when it begins. No model answers within this time, in milliseconds. */
const AT_ONCE_MS = 1000;
const BEGINNING_MS = 2000;

/**
 * The answers behind the counts and records of a session and of those that were forked from it.
 *
 * A record names the response: the same one is the same answer, in every log. A count with the figures of a record repeats
 * that record. Any other count is an answer of its session, known by the session's total, unless the session copied it
 * from its parent: counts that a fork wrote at once, when it began, and that its parent has. If the parent is unknown,
 * its forks share them.
 */
export function codexAnswers(sightings: readonly Sighting[]): TokenUse[] {
  const seen = [...sightings].sort(inOrder);
  const sessions = groupedBy(seen, logOf);
  const answers = new Map<string, TokenUse>();
  for (const [log, its] of sessions)
    for (const answer of answersOf(log, its, sessions)) {
      const known = answers.get(answer.key);
      if (answer.input + answer.output > 0 && (!known || byTime(answer, known) < 0))
        answers.set(answer.key, answer);
    }
  return [...answers.values()].sort(byTime);
}

type Sessions = ReadonlyMap<string, readonly Sighting[]>;

function answersOf(log: string, its: readonly Sighting[], sessions: Sessions): TokenUse[] {
  const records = its.filter(isRecord);
  const counts = its.filter((each) => !isRecord(each));
  const wholes = wholeCounts(counts);
  const recorded = alsoRecorded(wholes, records);
  const repeated = repeatedFrom(counts, sessions);
  const answers = records.map((each) => keyed(each, `response ${text(each.facts?.response) ?? each.key}`));
  for (const [index, each] of counts.entries()) {
    const whole = wholes[index] as Sighting;
    const sum = text(each.facts?.sum);
    const source = repeated.get(each);
    if (recorded.has(whole) || source === 'parent') continue;
    answers.push(
      keyed(whole, sum === null ? each.key : `${source === 'unknown' ? each.family : log} ${sum}`),
    );
  }
  return answers;
}

/** The counts of a session in their order, each with its own figures: one with only a total has what that grew by. */
function wholeCounts(counts: readonly Sighting[]): Sighting[] {
  let before: Json | null = null;
  return counts.map((each) => {
    const total = record(each.facts?.total);
    const whole = each.facts?.last === null && total ? grown(each, before, total) : each;
    before =
      total ?? Object.fromEntries(FIELDS.map((field) => [field, Number(before?.[field] ?? 0) + each[field]]));
    return whole;
  });
}

/** What a record of the same answer has. */
const usageIn = ({ input, cache_read, output }: Sighting): string =>
  JSON.stringify([input, cache_read, output]);

/** What was counted between two totals. A smaller total began again at zero. */
function grown(each: Sighting, before: Json | null, total: Json): Sighting {
  const isAnew = before !== null && FIELDS.some((field) => Number(total[field]) < Number(before[field]));
  const since = (field: (typeof FIELDS)[number]) =>
    Number(total[field]) - (before === null || isAnew ? 0 : Number(before[field]));
  const [input, cache_read, cache_write, output] = FIELDS.map(since) as [number, number, number, number];
  return { ...each, input, cache_read, cache_write, output };
}

const FIELDS = ['input', 'cache_read', 'cache_write', 'output'] as const;

/** The counts that repeat a record: for each record the nearest in time with its figures. */
function alsoRecorded(counts: readonly Sighting[], records: readonly Sighting[]): Set<Sighting> {
  const alike = groupedBy(counts, usageIn);
  const found = new Set<Sighting>();
  for (const each of records) {
    const distance = ({ at }: Sighting) => Math.abs(Date.parse(at) - Date.parse(each.at));
    const [nearest, ...others] = (alike.get(usageIn(each)) ?? []).filter((one) => !found.has(one));
    if (nearest) found.add(others.reduce((a, b) => (distance(b) < distance(a) ? b : a), nearest));
  }
  return found;
}

/** The counts that a fork repeats, and from whom. */
function repeatedFrom(counts: readonly Sighting[], sessions: Sessions): Map<Sighting, 'parent' | 'unknown'> {
  const [first] = counts;
  const log = first && logOf(first);
  const above = [text(first?.facts?.parent), first?.family].filter((id) => id && id !== log);
  const found = new Map<Sighting, 'parent' | 'unknown'>();
  if (above.length === 0) return found;
  const known = above.flatMap((id) => sessions.get(id as string) ?? []).filter((each) => !isRecord(each));
  const reported = new Set(known.map(figures));
  const times = new Set(known.map((each) => `${each.at} ${figures(each)}`));
  const atOnce = new Set(writtenAtOnce(counts));
  for (const each of counts)
    if (known.length === 0 ? atOnce.has(each) : reported.has(figures(each)))
      if (atOnce.has(each) || times.has(`${each.at} ${figures(each)}`))
        found.set(each, known.length === 0 ? 'unknown' : 'parent');
  return found;
}

const figures = ({ facts }: Sighting): string => `${facts?.sum} ${facts?.last}`;

/** The first counts of a session: one that was there as it began, or several without the time for an answer between. */
function writtenAtOnce(counts: readonly Sighting[]): readonly Sighting[] {
  const times = counts.map(({ at }) => Date.parse(at));
  const gap = times.findIndex((at, index) => index > 0 && at - (times[index - 1] as number) >= AT_ONCE_MS);
  const together = gap === -1 ? counts : counts.slice(0, gap);
  const begun = Date.parse(text(counts[0]?.facts?.begun) ?? '');
  return together.length > 1 || (times[0] as number) - begun <= BEGINNING_MS ? together : [];
}

const keyed = ({ family: _, member: __, facts: ___, ...use }: Sighting, key: string): TokenUse => ({
  ...use,
  key,
});

const isRecord = ({ facts }: Sighting): boolean => facts?.kind === 'record';
const logOf = ({ facts }: Sighting): string => text(facts?.log) ?? '';

/** Of one time, the smaller total comes first. */
const inOrder = (a: Sighting, b: Sighting): number =>
  a.at === b.at ? sumOf(a) - sumOf(b) || byTime(a, b) : byTime(a, b);

function sumOf({ facts }: Sighting): number {
  const total = record(facts?.total);
  return total ? Number(total.input) + Number(total.output) : 0;
}

function groupedBy(seen: readonly Sighting[], nameOf: (each: Sighting) => string): Sessions {
  const groups = new Map<string, Sighting[]>();
  for (const each of seen) {
    const name = nameOf(each);
    const group = groups.get(name);
    if (group) group.push(each);
    else groups.set(name, [each]);
  }
  return groups;
}
