import type { DialogWords } from '../../agents/contract/launch.ts';
import type { Choice } from '../../terminal/detection/classification-schema.ts';

/** How a choice takes words: typed where the pointer stands, in a field that a key opens, or as a message after it. */
export type TextEntry = 'place' | 'Enter' | 'Tab' | 'message';

/** Claude and Codex say it of the choice that is pointed at. */
const TAB_HINT = /\btab to (?:amend|add (?:notes|additional instructions))\b/i;

/** A choice that ends the turn and leaves the word to the user. */
const INVITES = /\b(?:tell \w+ what|what (?:to do|should \w+ do) (?:differently|instead)|suggest changes)\b/i;

/** The way in which a choice takes words, by its label and by what the screen says while it is pointed at; null for none. */
export function textEntryFor(
  { label }: Choice,
  rows: readonly string[],
  words: DialogWords | undefined,
): TextEntry | null {
  if (words?.inPlace?.test(label)) return 'place';
  if (words?.afterEnter?.test(label)) return 'Enter';
  const written = rows.filter((row) => row.trim() !== '');
  if (written.slice(-12).some((row) => TAB_HINT.test(row))) return 'Tab';
  return INVITES.test(label) ? 'message' : null;
}
