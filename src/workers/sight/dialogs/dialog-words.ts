import type { DialogWords } from '../../../agents/contract/launch.ts';
import type { FormChoice } from '../../../terminal/detection/classification-schema.ts';

/** How a choice takes text: typed at the pointer, in a field that a key opens, or as a message after it. */
export type TextEntry = 'place' | 'Enter' | 'Tab' | 'message';

/** The hint of Claude and Codex beside the choice at the pointer. */
const TAB_HINT = /\btab to (?:amend|add (?:notes|additional instructions))\b/i;

/** A choice that ends the turn and lets the user write. */
const INVITES = /\b(?:tell \w+ what|what (?:to do|should \w+ do) (?:differently|instead)|suggest changes)\b/i;

/** The same for an agent of which nothing else is known, by what others write. */
const GENERAL: DialogWords = {
  inPlace: /^(?:type something|other\b)/i,
  afterEnter: /^(?:type|write|enter) (?:your|a custom|my)\b/i,
};

/** How a choice takes text, by its label and by the screen while the pointer is on it; null if it takes none. */
export function textEntryFor(
  { label, kind }: Pick<FormChoice, 'label' | 'kind'>,
  rows: readonly string[],
  known: DialogWords | undefined,
): TextEntry | null {
  const words = known ?? (kind === 'text' ? GENERAL : {});
  if (words.inPlace?.test(label)) return 'place';
  if (words.afterEnter?.test(label)) return 'Enter';
  const written = rows.filter((row) => row.trim() !== '');
  if (written.slice(-12).some((row) => TAB_HINT.test(row))) return 'Tab';
  return INVITES.test(label) ? 'message' : null;
}
