import { createHash } from 'node:crypto';
import { type Classification, classify } from '../../terminal/detection/classify.ts';
import { readRows } from '../../terminal/detection/rows.ts';
import { messageLayout, type RuleSet } from '../../terminal/detection/rule-set.ts';
import { unknownDialog } from '../../terminal/input/input-view.ts';
import type { Screen } from '../../terminal/screen/screen.ts';
import type { PaneWatch } from '../../terminal/tmux/pane-watch.ts';
import type { WorkerResult } from '../../terminal/transcript/result-block.ts';
import { findResult, isResultEnd } from '../../terminal/transcript/result-marker.ts';
import { redactDeep } from '../../workspace/redaction/redaction.ts';
import { lettersAndDigits, type SentTexts } from '../core/sent-texts.ts';
import { isResultOfLimit } from '../sight/cut-short.ts';
import type { SeenResult, Snapshot } from '../sight/perception.ts';

export interface SnapshotOf {
  pane: PaneWatch;
  rules: RuleSet;
  sent: SentTexts;
  /** The last result in the file that the agent keeps of its session. */
  said?: (sent: { word: string | null; ignore: string }) => WorkerResult | null;
}

/** One screen of a pane. `raw` is the classification of the screen itself; the snapshot's is redacted. */
export function snapshotOf(
  screen: Screen,
  { pane, rules, sent, said = () => null }: SnapshotOf,
): { raw: Classification; snapshot: Snapshot } {
  const raw = classify(screen, rules, { echo: sent.toString() });
  const snapshot = {
    classification: redactDeep(raw),
    line: lineOf(raw, screen, pane.scrolledLines),
    result: resultOn(screen, { pane, rules, sent, said }),
    content: screen.rows.map(({ text }) => text).join('\n'),
    answer: answerOn(screen, raw, sent.bare),
    prompt: screen.rows[screen.cursor.row]?.text.slice(0, screen.cursor.col) ?? '',
    atRest: atRestOn(screen, rules, sent.toString()),
  };
  return { raw, snapshot };
}

/** Shown for a long text, by any agent. */
const PLACEHOLDER = /\[(?:Pasted|Paste #)[^\]\n]{0,60}\]/i;

/** What the screen shows beside the input box and beside what was sent. */
function answerOn({ rows }: Screen, { regions }: Classification, sent: string): string {
  const { first = 0, last = 0 } = regions.box ?? {};
  return rows
    .filter((_, at) => at + 1 < first || at + 1 > last)
    .map(({ text }) => text)
    .filter((text) => !PLACEHOLDER.test(text) && !sent.includes(lettersAndDigits(text)))
    .join('\n');
}

/** A program without rules of its own is idle at rest, unless its screen asks for a key; any other one is not known. */
const atRestOn = (screen: Screen, rules: RuleSet, sent: string): NonNullable<Snapshot['atRest']> =>
  rules.fallback === undefined && unknownDialog(readRows(screen, sent)) === null ? 'idle' : 'none';

/** The line with the evidence, counted from the first one printed; null on a screen that is redrawn. */
function lineOf({ evidence }: Classification, screen: Screen, scrolled: number): number | null {
  const last = evidence.at(-1);
  if (screen.alternate || last === undefined) return null;
  const row = screen.rows.findLastIndex(({ text }) => text.includes(last));
  return row === -1 ? null : scrolled + row;
}

/**
 * The newest complete result on the screen or just above it. A program that draws its screen itself shows only the end
 * of a long one: then its own file has it.
 */
function resultOn(screen: Screen, { pane, rules, sent, said }: Required<SnapshotOf>): SeenResult | null {
  const word = sent.resultWord;
  const isEnd = isResultEnd(word);
  if (!screen.rows.some(({ text }) => isEnd(text))) return null;
  const lines = pane.recentLines();
  const ignore = sent.toString();
  const result =
    (screen.alternate ? said({ word, ignore }) : null) ??
    findResult(lines, { ignore, word, layout: messageLayout(rules) });
  if (!result) return null;
  const hash = createHash('sha256').update(result.raw).digest('hex').slice(0, 12);
  const count = lines.filter(isEnd).length;
  return {
    name: `result ${hash}`,
    count,
    isProven: word !== null,
    isOfLimit: isResultOfLimit(result),
  };
}
