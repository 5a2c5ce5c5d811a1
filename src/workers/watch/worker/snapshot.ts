import { type Classification, classify } from '../../../terminal/detection/classify.ts';
import { messageLayout, type RuleSet } from '../../../terminal/detection/rules/rule-set.ts';
import { readRows } from '../../../terminal/detection/screen/rows.ts';
import { unknownDialog } from '../../../terminal/input/input-view.ts';
import type { Motion } from '../../../terminal/motion/motion.ts';
import { partsOf } from '../../../terminal/motion/parts.ts';
import { moveWords } from '../../../terminal/motion/words.ts';
import type { Screen } from '../../../terminal/screen/screen.ts';
import type { PaneWatch } from '../../../terminal/tmux/pane/pane-watch.ts';
import type { WorkerResult } from '../../../terminal/transcript/result-block.ts';
import { findResult, isResultEnd } from '../../../terminal/transcript/result-marker.ts';
import { redact, redactDeep } from '../../../workspace/redaction/redaction.ts';
import { lettersAndDigits, type SentTexts } from '../../core/words/sent-texts.ts';
import { isMotionAsked } from '../../sight/motion/motion.ts';
import { isResultOfLimit } from '../../sight/perception/cut-short.ts';
import { formerResultName, resultName } from '../../sight/result-name.ts';
import { motionReading } from '../../sight/screen-meaning.ts';
import type { SeenMotion, SeenResult, WorkerScreen } from '../../sight/seen.ts';

export interface SnapshotOf {
  pane: PaneWatch;
  rules: RuleSet;
  sent: SentTexts;
  /** The last result in the file that the agent keeps of its session. */
  said?: (sent: { word: string | null; ignore: string }) => WorkerResult | null;
  /** Takes the screen too, at this moment; left out for a screen that is only looked at. */
  motion?: { of: Motion; now: number };
}

/** One screen of a pane. `raw` is the classification of the screen itself; the snapshot's is redacted. */
export function snapshotOf(
  screen: Screen,
  { pane, rules, sent, said = () => null, motion }: SnapshotOf,
): { raw: Classification; snapshot: WorkerScreen } {
  const raw = classify(screen, rules, { echo: sent.toString() });
  const reading = motionReading(screen, raw);
  motion?.of.see(reading, motion.now);
  const snapshot = {
    ...(motion && { motion: seenMotion(motion.of, motion.now, raw) }),
    classification: redactDeep(raw),
    line: lineOf(raw, screen, pane.scrolledLines),
    result: resultOn(screen, { pane, rules, sent, said }),
    content: screen.rows.map(({ text }) => text).join('\n'),
    answer: answerOn(motion ? motion.of.own : partsOf(screen, reading.box).agent, sent.bare),
    prompt: screen.rows[screen.cursor.row]?.text.slice(0, screen.cursor.col) ?? '',
    atRest: atRestOn(screen, rules, sent.toString()),
  };
  return { raw, snapshot };
}

/** Shown for a long text, by any agent. */
const PLACEHOLDER = /\[(?:Pasted|Paste #)[^\]\n]{0,60}\]/i;

function seenMotion(motion: Motion, now: number, classification: Classification): SeenMotion {
  const { drawn, stillMs, movedAt } = motion;
  // On other screens it decides nothing, and to redact each frame of a working agent takes long.
  const moments = isMotionAsked(classification) ? motion.work(now) : [];
  const work = moments.map((moment) => `${moveWords(moment)}: ${redact(moment.row.trim())}`);
  return { drawn, stillMs, hasMoved: movedAt !== null, turnsInFooter: motion.turnsInFooter(now), work };
}

/** What the agent's own rows show beside what was sent: the input and a footer say nothing about an answer. */
function answerOn(rows: readonly string[], sent: string): string {
  return rows.filter((text) => !PLACEHOLDER.test(text) && !sent.includes(lettersAndDigits(text))).join('\n');
}

/** A program without rules of its own is idle at rest, unless its screen asks for a key; any other one is not known. */
const atRestOn = (screen: Screen, rules: RuleSet, sent: string): NonNullable<WorkerScreen['atRest']> =>
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
 * of a long one, in the alternate screen or not: then its own file has it.
 */
function resultOn(
  screen: Screen,
  { pane, rules, sent, said }: Required<Omit<SnapshotOf, 'motion'>>,
): SeenResult | null {
  const word = sent.resultWord;
  const isEnd = isResultEnd(word);
  if (!screen.rows.some(({ text }) => isEnd(text))) return null;
  const lines = pane.recentLines();
  const ignore = sent.toString();
  const kept = () => said({ word, ignore });
  const shown = () => findResult(lines, { ignore, word, layout: messageLayout(rules) });
  const result = screen.alternate ? (kept() ?? shown()) : (shown() ?? kept());
  if (!result) return null;
  const count = lines.filter(isEnd).length;
  return {
    name: resultName(result.raw),
    formerName: formerResultName(result.raw),
    count,
    isProven: word !== null,
    isOfLimit: isResultOfLimit(result),
  };
}
