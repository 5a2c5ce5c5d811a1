import type { FormChoice } from '../classification-schema.ts';
import { type Row, squeeze } from '../screen/rows.ts';

/** The choices of a dialog and where they are. */
export interface Menu {
  /** Index of its first and of its last row. */
  first: number;
  last: number;
  choices: FormChoice[];
  /** The key that moves its pointer to the next choice. */
  forward: 'Down' | 'Right';
  isNumbered?: boolean;
  /** Whether each choice has a ring, which is full where the pointer is. */
  hasRings?: boolean;
  /** The letters that take its choices; their numbers where left out. */
  letters?: readonly (string | null)[];
}

/** The key that the screen names for each choice; null for one that only the pointer takes. */
export const keysOf = ({ choices, isNumbered, letters }: Menu): (string | null)[] =>
  choices.map(
    ({ number, kind }, at) =>
      letters?.[at] ?? (isNumbered === true && kind !== 'submit' ? String(number) : null),
  );

const CONSENTS = /^\W*(?:yes|allow|approve|accept|run|proceed|trust|grant|apply|always)\b/iu;
const REFUSES = /^\W*(?:no|deny|reject|decline|cancel|don.?t|abort)\b/iu;

export const consents = (label: string): boolean => CONSENTS.test(label);
export const refuses = (label: string): boolean => REFUSES.test(label);

/** The rows in which a menu is looked for. */
export interface MenuPlace {
  rows: Row[];
  /** The width of the screen. */
  cols: number;
  /** Whether the screen names a key that ticks a box. */
  canToggle: boolean;
}

export const POINTER = '[❯›>→❭▶➜●◉➤]';
export const FRAME = /^[\s─━═╌┄▔▁╭╮╰╯┌┐└┘├┤╹▀▄]*$/;

const SUBMIT =
  /^[[(<]?\s*(?:submit(?: (?:answers?|all|form))?|confirm|continue|done|finish|next|send)\s*[\])>]?(?: →)?$/i;
const OWN_WORDS =
  /^(?:type (?:something|(?:your|an?|my) )|other\b.{0,3}(?:\(?(?:type|write|enter|specify)|…|\.\.\.)|other$|something else\b|(?:write|enter) (?:your|a custom|my) |(?:my|your) own (?:answer|words)|custom (?:answer|response))/i;
const TAKES_NOTES = /\badd (?:details|notes)\b.{0,20}\bnotes\b/i;

/** What a choice is, by its words. Only a form with boxes has a row that submits it. */
export function kindOf(label: string, description: string | null, isForm: boolean): FormChoice['kind'] {
  if (isForm && SUBMIT.test(label)) return 'submit';
  return OWN_WORDS.test(label) || TAKES_NOTES.test(description ?? '') ? 'text' : 'option';
}

export const isSubmit = (label: string): boolean => SUBMIT.test(label);

/** How many columns a text takes: signs of East Asian scripts and pictures take two. */
const widthOf = (text: string): number => text.length + (text.match(WIDE)?.length ?? 0);
const WIDE = /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/g;

/** Blanks that a program may keep free at the end of a row. */
const MARGIN = 3;

/** Whether a row goes on in the next one: its first word did not fit any more. */
export function isFull(row: Row, next: Row, cols: number): boolean {
  const [word = ''] = next.inner.trim().split(/\s/, 1);
  const lead = Math.max(0, row.raw.indexOf(row.inner.trimEnd()));
  const isFramed = /[│┃▐█❙]$/.test(row.raw) && row.raw.length > row.inner.trimEnd().length + lead;
  const right = isFramed ? widthOf(row.raw) - 1 : cols;
  return word !== '' && lead + widthOf(row.inner.trimEnd()) + 1 + widthOf(word) > right - MARGIN;
}

/** The label of a choice with the rows into which it wraps, and what is said of it in the rows after them. */
export function wordsOf(
  label: string,
  row: Row,
  below: readonly Row[],
  cols: number,
): { label: string; description: string | null } {
  let words = label;
  let at = 0;
  for (let last = row; at < below.length; at++) {
    const next = below[at];
    if (!next || !isFull(last, next, cols)) break;
    words += ` ${next.inner.trim()}`;
    last = next;
  }
  // Codex puts it into a column of its own.
  const [short = '', ...beside] = at === 0 ? words.trim().split(/\s{2,}/) : [words];
  const rest = [...beside, ...below.slice(at).map(({ inner }) => inner)];
  return { label: squeeze(beside.length > 0 ? short : words), description: squeeze(rest.join(' ')) || null };
}
