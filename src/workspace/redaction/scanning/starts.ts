import { assignments } from '../detectors/assignments.ts';
import { commands } from '../detectors/commands.ts';
import { cookies } from '../detectors/cookies.ts';
import type { Detector } from '../detectors/detector.ts';
import { fields } from '../detectors/fields.ts';
import { authorization, basic, bearer } from '../detectors/headers.ts';
import { encodedKeys, keyBodies, privateKeys } from '../detectors/private-keys.ts';
import { tokenDetectors } from '../detectors/tokens.ts';
import { queries, urls } from '../detectors/urls.ts';
import { Keywords } from './keywords.ts';

/** The more precise first: when two find the same place, the name of the first is shown. */
const detectorsInOrder = (): Detector[] => [
  privateKeys,
  encodedKeys,
  keyBodies,
  ...tokenDetectors(),
  urls,
  queries,
  basic,
  bearer,
  authorization,
  cookies,
  ...commands,
  ...fields,
  assignments,
];

interface Start {
  text: string;
  /** Their indexes in `Starts`. */
  detectors: number[];
}

interface Starts {
  detectors: readonly Detector[];
  all: readonly Start[];
  keywords: Keywords;
  /** Which detectors have a start that begins so, by the number of the beginning. */
  heads: Map<number, readonly Detector[]>;
  longest: number;
}

let known: Starts | undefined;

/** Built when the first text is scanned: a command that redacts nothing does not pay for it. */
export function starts(): Starts {
  known ??= startsOf(detectorsInOrder());
  return known;
}

function startsOf(detectors: readonly Detector[]): Starts {
  const byText = new Map<string, Start>();
  for (const [index, detector] of detectors.entries()) {
    for (const text of detector.starts) {
      const start = byText.get(text);
      if (!start) byText.set(text, { text, detectors: [index] });
      else if (start.detectors.at(-1) !== index) start.detectors.push(index);
    }
  }
  const all = [...byText.values()].sort((a, b) => b.text.length - a.text.length);
  return {
    detectors,
    all,
    keywords: new Keywords(all.map(({ text }) => text)),
    heads: new Map(),
    longest: all[0]?.text.length ?? 0,
  };
}

/** The detectors with a start that begins with these letters, and has more. */
export function detectorsAfter(head: string): readonly Detector[] {
  const { detectors, all, keywords, heads } = starts();
  const beginning = keywords.beginning(head);
  if (beginning === 0) return [];
  const known = heads.get(beginning);
  if (known) return known;
  const longer = all.filter(({ text }) => text.length > head.length && text.startsWith(head));
  const indexes = new Set(longer.flatMap((start) => start.detectors));
  const found = detectors.filter((_, index) => indexes.has(index));
  heads.set(beginning, found);
  return found;
}
