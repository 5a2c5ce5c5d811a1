import { type Row, squeeze } from './rows.ts';

const LIST_ITEM = /^\s*(?:[-*•◦▪–]|\(?\d{1,2}[.)]|\(?[a-zA-Z][.)])\s+\S/;
/** The bullet in the first column that opens a message. */
const MARKER = /^(?:\s?[●⏺•✦◆⠶⛬]\s+|assistant:\s*)/;
const CLOSERS = String.raw`["'”’»)\]*_\s\p{Extended_Pictographic}\uFE0F]`;
const ENDS_ASKING = new RegExp(`[?？]${CLOSERS}*$`, 'u');
const CLOSERS_AT_END = new RegExp(`${CLOSERS}+$`, 'u');
const SENTENCE_END = /[.!?？]["'”’)\]*_]*\s+(?=\S)/gu;
const QUESTION_MARK = /[?？](?=["'”’»)\]*_]*(?:\s|$))/gu;
// Characters. A turn may close with one short sentence after its question: "Approve the commit? Then I redeploy."
const MAX_AFTERTHOUGHT = 140;
const ASKS_FOR_A_DECISION =
  /\b(?:should|shall|want|would you|do you|can you|could you|may i|can i|ok(?:ay)? (?:to|if|with)|approve|proceed|confirm|continue|commit|which|prefer|ready)\b/i;
const ASKS_WITHOUT_MARK =
  /\b(?:let me know|tell me|please (?:confirm|choose|pick|tell me|specify|decide))\b.{0,40}\b(?:which|whether|how you(?:'d| would)? (?:like|want|prefer)|what you(?:'d| would) (?:like|prefer))\b/i;
// What an agent says when it has nothing to ask.
const PLEASANTRY =
  /\b(?:how (?:can|may) i (?:help|assist)|what (?:can|may) i (?:help|do for)|what would you like (?:me )?to (?:work on|do|build|help)|what (?:are we|shall we be) (?:working|building)|(?:is there )?anything else|need anything else)\b/i;

/**
 * The question that ends an agent's message, or undefined. A list of options may follow it. Quoted questions and
 * pleasantries ("anything else?") do not count.
 */
export function askedAtTheEnd(message: Row[]): string | undefined {
  const blocks = paragraphs(message.map((row) => row.inner.trimEnd().replace(MARKER, '')));
  const last = blocks.at(-1);
  if (!last) return undefined;
  const options = trailingList(last);
  const asking = options === last.length ? (blocks.at(-2) ?? []) : last.slice(0, last.length - options);
  const text = squeeze(asking.join(' '));
  return questionIn(text) ?? (options > 0 ? questionIn(squeeze(last.join(' '))) : undefined);
}

function paragraphs(lines: string[]): string[][] {
  const blocks: string[][] = [[]];
  for (const line of lines) {
    if (line.trim() !== '') blocks.at(-1)?.push(line);
    else if (blocks.at(-1)?.length) blocks.push([]);
  }
  return blocks.filter((block) => block.length > 0);
}

/** How many rows at the end of a block belong to a list, wrapped rows included. */
function trailingList(block: string[]): number {
  const first = block.findIndex((line) => LIST_ITEM.test(line));
  return first < 0 ? 0 : block.length - first;
}

function questionIn(text: string): string | undefined {
  const plain = withoutQuotes(text);
  if (PLEASANTRY.test(lastSentence(plain))) return undefined;
  if (ENDS_ASKING.test(plain)) return lastSentence(text);
  const mark = [...plain.matchAll(QUESTION_MARK)].at(-1);
  if (mark) {
    const after = plain.slice(mark.index + 1).trim();
    const asked = lastSentence(plain.slice(0, mark.index + 1));
    if (after.length <= MAX_AFTERTHOUGHT && !/[❯›]/.test(after) && ASKS_FOR_A_DECISION.test(asked))
      return asked;
  }
  return ASKS_WITHOUT_MARK.test(lastSentence(plain)) ? lastSentence(text) : undefined;
}

/** Hides the question marks inside quotation marks and code: a quoted question is mentioned, not asked. */
function withoutQuotes(text: string): string {
  return text.replace(/`[^`]*`|"[^"]*"|“[^”]*”|«[^»]*»|(?<=\s)'[^']*'(?=[\s.,;]|$)/g, (quote, at: number) =>
    at === 0 && quote.length === text.length ? quote : quote.replace(/[?？.!]/g, '_'),
  );
}

function lastSentence(text: string): string {
  const cut = text.replace(CLOSERS_AT_END, '');
  const breaks = [...cut.matchAll(SENTENCE_END)].at(-1);
  return breaks ? text.slice(breaks.index + breaks[0].length).trim() : text.trim();
}
