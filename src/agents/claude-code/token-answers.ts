import { text } from '../contract/limits/values.ts';
import { byTime, type Sighting, type TokenUse } from '../contract/tokens/use.ts';

/** How far apart the blocks of one answer are written, known by nothing else, in milliseconds. */
const BLOCKS_MS = 45_000;
/** How soon an answer is written again under the id of another request, in milliseconds. */
const RETRY_MS = 2000;

/**
 * The answers behind the lines with one message id. A gateway may give one id to every answer, so that it does not say
 * which answer a line is of. One answer are:
 * - lines of one request;
 * - lines of one time with the same input: a copy, in whichever session. Two sub agents are apart;
 * - lines in one session, each below the other, or with the same input within 45 seconds: the blocks of the answer.
 *   Two requests are apart, unless the same figures come again within two seconds;
 * - a line of a sub agent and one of its parent with the same input: the parent's, which the sub agent repeats.
 */
export function claudeAnswers(sightings: readonly Sighting[]): TokenUse[] {
  const seen = [...sightings].sort(byTime);
  const groups = new Groups(seen.length);
  const joinAll = (name: (sighting: Sighting) => string | null) => joinByName(seen, groups, name);
  joinAll((each) => text(each.facts?.request));
  joinCopies(seen, groups);
  joinAll((each) => {
    const run = text(each.facts?.run);
    return run && JSON.stringify([each.session, run, text(each.facts?.request)]);
  });
  joinBlocks(seen, groups);
  joinReplays(seen, groups);
  const answers = groups.all().map((members) => best(members.map((index) => seen[index] as Sighting)));
  return answers.sort(byTime).map(({ family = '', facts: _, ...use }, index) => ({
    ...use,
    key: index === 0 ? family : `${family} #${index}`,
  }));
}

/** The parent's own line before those of its sub agents, then the largest: the last block has all figures. */
const best = (members: readonly Sighting[]): Sighting =>
  members.reduce((a, b) => (b.rank > a.rank || (b.rank === a.rank && byTime(b, a) < 0) ? b : a));

const inputOf = ({ model, input, cache_read, cache_write }: TokenUse): string =>
  JSON.stringify([model, input, cache_read, cache_write]);

function joinByName(
  seen: readonly Sighting[],
  groups: Groups,
  nameOf: (sighting: Sighting) => string | null,
): void {
  const first = new Map<string, number>();
  for (const [index, sighting] of seen.entries()) {
    const name = nameOf(sighting);
    if (name === null) continue;
    const other = first.get(name);
    if (other === undefined) first.set(name, index);
    else groups.join(index, other);
  }
}

function joinCopies(seen: readonly Sighting[], groups: Groups): void {
  const moment = (each: Sighting) => `${each.at} ${inputOf(each)}`;
  const agentOf = (each: Sighting) => text(each.facts?.agent);
  const parents = new Set(seen.filter((each) => agentOf(each) === null).map(moment));
  joinByName(seen, groups, (each) =>
    parents.has(moment(each)) ? moment(each) : `${moment(each)} ${agentOf(each)}`,
  );
}

function joinBlocks(seen: readonly Sighting[], groups: Groups): void {
  const last = new Map<string, number>();
  for (const [index, sighting] of seen.entries()) {
    const name = JSON.stringify([sighting.session, sighting.facts?.agent ?? null, inputOf(sighting)]);
    const other = last.get(name);
    last.set(name, index);
    if (other !== undefined && isSoonAfter(seen[other] as Sighting, sighting)) groups.join(index, other);
    // Some gateways report the input only with the last block.
    const place = JSON.stringify([sighting.session, sighting.facts?.agent ?? null]);
    const before = last.get(place);
    last.set(place, index);
    const begun = before === undefined ? undefined : seen[before];
    if (before !== undefined && begun?.input === 0 && isSoonAfter(begun, sighting))
      groups.join(index, before);
  }
}

function isSoonAfter(a: Sighting, b: Sighting): boolean {
  const apart = Date.parse(b.at) - Date.parse(a.at);
  const [one, other] = [text(a.facts?.request), text(b.facts?.request)];
  return one && other && one !== other ? apart <= RETRY_MS && a.output === b.output : apart <= BLOCKS_MS;
}

/** Only with a request of its own: the answers of a gateway that names none are too much alike. */
function joinReplays(seen: readonly Sighting[], groups: Groups): void {
  const asked = [...seen.entries()].filter(([, { facts }]) => text(facts?.request) !== null);
  const parents = asked.filter(([, { facts }]) => facts?.side !== true);
  for (const [index, sighting] of asked.filter(([, { facts }]) => facts?.side === true)) {
    const same = parents.filter(([, parent]) => inputOf(parent) === inputOf(sighting));
    const distance = ([, { at }]: [number, Sighting]) => Math.abs(Date.parse(at) - Date.parse(sighting.at));
    const [nearest] = same.sort((a, b) => distance(a) - distance(b));
    if (nearest) groups.join(index, nearest[0]);
  }
}

/** Which of some things are one. */
class Groups {
  readonly #above: number[];

  constructor(size: number) {
    this.#above = Array.from({ length: size }, (_, index) => index);
  }

  join(a: number, b: number): void {
    const [one, other] = [this.#top(a), this.#top(b)];
    this.#above[Math.max(one, other)] = Math.min(one, other);
  }

  all(): number[][] {
    const found = new Map<number, number[]>();
    for (const index of this.#above.keys()) {
      const top = this.#top(index);
      const members = found.get(top);
      if (members) members.push(index);
      else found.set(top, [index]);
    }
    return [...found.values()];
  }

  #top(index: number): number {
    let top = index;
    while (this.#above[top] !== top) top = this.#above[top] as number;
    this.#above[index] = top;
    return top;
  }
}
