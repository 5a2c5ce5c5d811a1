import { isModel } from './model-names.ts';

/** Words beside `limit` that name no model: lengths of windows, kinds of quotas, plans and vendors. */
const OTHER_WORDS = new Set(
  `a ai all an and anthropic api business chat claude codex company copilot cost credit credits current cursor daily day
  days devin droid enterprise extra fast five for free github go google h hour hourly hours hr individual max message
  messages minute minutes model models month monthly now of on openai opencode org organisation organization overall
  overage personal plan plus premium pro quota rate request requests seat session sessions shared spend spending standard
  subscription team the this today token tokens total usage use user week weekly workspace you your`.split(
    /\s+/,
  ),
);

const WORDS = String.raw`((?:[\w.'’+-]+\s+){0,4}?)(?:usage\s+)?(?:limit|quota)\b`;
/** `your Fable limit`, `hit the Fable limit`, `Approaching Fable usage limit`. */
const YOURS = new RegExp(String.raw`\b(?:your|(?:hit|reached|exceeded)\s+the|approaching)\s+${WORDS}`, 'i');
/** `You're out of Fable usage`. */
const OUT_OF = /\bout\s+of\s+((?:[\w.'’+-]+\s+){1,3}?)usage\b/i;
/** `Opus weekly limit reached`. */
const REACHED = new RegExp(String.raw`(?:^|[·∙.|:!■⚠⎿]\s*)${WORDS}\s+(?:reached|exceeded|hit)\b`, 'i');
/** `usage limit for GPT-5.3-Codex-Spark`, `limit reached for Opus`, `limit on Fable`. */
const FOR =
  /\b(?:limit|quota)\s+(?:(?:reached|exceeded|hit)\s+)?(?:for|on)\s+((?:(?!(?:resets?|until|try|switch|has|is)\b|(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|mon|tue|wed|thu|fri|sat|sun)[a-z]*\b)[\w.+-]*[\w+-]\s?){1,5})/i;

/**
 * The model that the words of a limit name; null if they are about the plan. `known` are the names of models that it
 * may be: those of its agent, and those of the limits that its provider reports.
 */
export function limitedModel(
  text: string,
  requested: string | null,
  known: readonly string[],
): string | null {
  const phrase = [FOR, YOURS, REACHED, OUT_OF].flatMap((shape) => shape.exec(text)?.[1] ?? [])[0] ?? '';
  if (/^this model\b/i.test(phrase.trim())) return requested;
  const words = phrase.split(/\s+/).filter((word) => word !== '' && !isOther(word));
  if (words.length === 0) return null;
  const name = words.join(' ');
  const names = requested === null ? known : [requested, ...known];
  if (names.some((one) => isModel(name, one))) return name;
  // A model that no list has yet is written as a name; other words are in small letters.
  const [first = '', version] = words;
  const isName = UNLISTED.test(first) && (words.length === 1 || (words.length === 2 && isVersion(version)));
  return isName ? name : (names.find((one) => isModel(one, name)) ?? null);
}

/** A worker can print anything, and a host reads the name: a word at most. */
const UNLISTED = /^\p{Lu}[\p{L}\d.-]{2,23}$/u;

const isVersion = (word: string | undefined): boolean => /^\d+\.\d+$/.test(word ?? '');

/** A version (`4.6`) belongs to the name before it. */
const isOther = (word: string): boolean =>
  !isVersion(word) &&
  word
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .every((part) => part === '' || part === 's' || OTHER_WORDS.has(part) || /^\d+[a-z]?$/.test(part));
