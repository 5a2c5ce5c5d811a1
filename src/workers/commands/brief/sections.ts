/** A part of a brief: paragraphs or list items below a heading. */
export interface BriefSection {
  title: string;
  items: readonly string[];
  /** Its part of the space, compared with the other sections. */
  share: number;
  /** Which end is kept where not all of it fits. */
  keeps: 'first' | 'last';
}

/** A section as it fits; `cut` says what is missing. */
export interface FittedSection {
  section: BriefSection;
  text: string;
  cut: string | null;
}

/**
 * The sections within this many bytes together. A section that needs less than its share leaves the rest to the others.
 * Pure.
 */
export function fitted(sections: readonly BriefSection[], bytes: number): FittedSection[] {
  const filled = sections.filter(({ items }) => items.length > 0);
  const spaces = spacesFor(filled, bytes);
  return filled.map((section, index) => fit(section, spaces[index] ?? 0));
}

function spacesFor(sections: readonly BriefSection[], bytes: number): number[] {
  const needs = sections.map((section) => sizeOf(whole(section)));
  const spaces = needs.map(() => 0);
  let open = sections.map((_, index) => index);
  let left = bytes;
  while (open.length > 0) {
    const shares = open.reduce((sum, index) => sum + (sections[index]?.share ?? 0), 0);
    const spaceOf = (index: number) => Math.floor((left * (sections[index]?.share ?? 0)) / shares);
    const served = open.filter((index) => (needs[index] ?? 0) <= spaceOf(index));
    if (served.length === 0) {
      for (const index of open) spaces[index] = spaceOf(index);
      break;
    }
    for (const index of served) spaces[index] = needs[index] ?? 0;
    left -= served.reduce((sum, index) => sum + (needs[index] ?? 0), 0);
    open = open.filter((index) => !served.includes(index));
  }
  return spaces;
}

const whole = ({ title, items }: BriefSection): string => `## ${title}\n\n${items.join('\n')}\n\n`;

/** Space for the heading, and for the sentence that says what was cut. */
const AROUND = 160;
/** A piece of an item that is shorter than this says nothing. */
const LEAST_PIECE = 80;

function fit(section: BriefSection, space: number): FittedSection {
  const { title, items, keeps } = section;
  if (sizeOf(whole(section)) <= space) return { section, text: whole(section), cut: null };
  const kept: string[] = [];
  let left = space - AROUND - sizeOf(title);
  for (const item of keeps === 'first' ? items : [...items].reverse()) {
    const size = sizeOf(item) + 1;
    const piece = size <= left ? item : left >= LEAST_PIECE ? shortened(item, left - 1) : null;
    if (piece === null) break;
    kept.push(piece);
    left -= sizeOf(piece) + 1;
    if (piece !== item) break;
  }
  if (keeps === 'last') kept.reverse();
  const cut = `${title.toLowerCase()}: ${kept.length} of ${items.length} shown`;
  if (space < AROUND + sizeOf(title)) return { section, text: '', cut };
  const which = keeps === 'first' ? 'the first' : 'the last';
  const said = `(Cut: ${which} ${kept.length} of ${items.length} shown.)`;
  return { section, text: whole({ ...section, items: [...kept, said] }), cut };
}

const END = ' … (cut)';

/** The beginning of a text within this many bytes; never half a character. */
function shortened(text: string, bytes: number): string {
  const most = bytes - sizeOf(END);
  let size = 0;
  let end = 0;
  for (const character of text) {
    size += sizeOf(character);
    if (size > most) break;
    end += character.length;
  }
  return `${text.slice(0, end)}${END}`;
}

const sizeOf = (text: string): number => Buffer.byteLength(text);
