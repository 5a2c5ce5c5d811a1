import { sequences } from './plain-text.ts';

/**
 * Numbers that mark the escape sequences of this process's own output, such as colours. No text that a user or a
 * worker wrote can have them: they are new for each process. Global, because each bundle has its own copy of this
 * module. No longer than four digits each: Node's stripVTControlCharacters knows no longer ones.
 */
const MARK: string = (() => {
  const key = Symbol.for('agentpool.own-sequences');
  const known = globalThis as unknown as Record<symbol, string | undefined>;
  known[key] ??= Array.from({ length: 4 }, () => 1000 + Math.floor(Math.random() * 9000)).join(';');
  return known[key];
})();

/** An escape sequence of our own (CSI): `own('31', 'm')` for red. `shown` turns it into what a terminal obeys. */
export const own = (parameters: string, final: string): string =>
  `\x1b[${parameters === '' ? '' : `${parameters};`}${MARK}${final}`;

const OWN = new RegExp(`\\x1b\\[(?:([\\d;]*);)?${MARK}([A-Za-z])`, 'g');

/** Everything that this module changes; most texts have none of it. */
const ANY = /[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]/;
/** What some terminals obey and JSON does not escape: DEL, the C1 controls, and marks that reorder a line. */
const UNESCAPED = /[\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g;

/**
 * A text as it may be printed, whatever its names, tasks and paths hold: no escape sequence and no control character
 * except our own sequences, line ends and tabs. What JSON leaves as it is becomes `\u009b`, so that a JSON text stays
 * valid and says the same. Every text for a person or a host goes through here, at the place where it is printed.
 */
export function shown(text: string): string {
  if (!ANY.test(text)) return text;
  let clean = '';
  let end = 0;
  for (const { 0: whole, 1: parameters = '', 2: final = '', index } of text.matchAll(OWN)) {
    clean += `${withoutControls(text.slice(end, index))}\x1b[${parameters}${final}`;
    end = index + whole.length;
  }
  return clean + withoutControls(text.slice(end));
}

const withoutControls = (text: string): string =>
  text
    .replace(sequences, '')
    .replace(/\r\n?/g, '\n')
    .replace(/[\x00-\x08\x0b-\x1f]/g, '')
    .replace(UNESCAPED, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
