import { createHash } from 'node:crypto';
import { type Classification, classify } from '../../terminal/detection/classify.ts';
import type { RuleSet } from '../../terminal/detection/rule-set.ts';
import type { Screen } from '../../terminal/screen/screen.ts';
import type { PaneWatch } from '../../terminal/tmux/pane-watch.ts';
import { findResult } from '../../terminal/transcript/result-marker.ts';
import { redactDeep } from '../../workspace/redaction/redaction.ts';
import type { SeenResult, Snapshot } from '../sight/perception.ts';

const RESULT_END = 'AGENTPOOL_RESULT_END';

/** One screen of a pane. `raw` is the classification of the screen itself; the snapshot's is redacted. */
export function snapshotOf(
  screen: Screen,
  { pane, rules, sent }: { pane: PaneWatch; rules: RuleSet; sent: string },
): { raw: Classification; snapshot: Snapshot } {
  const raw = classify(screen, rules, { echo: sent });
  const snapshot = {
    classification: redactDeep(raw),
    line: lineOf(raw, screen, pane.scrolledLines),
    result: resultOn(screen, pane, sent),
    content: screen.rows.map(({ text }) => text).join('\n'),
  };
  return { raw, snapshot };
}

/** The line with the evidence, counted from the first one printed; null on a screen that is redrawn. */
function lineOf({ evidence }: Classification, screen: Screen, scrolled: number): number | null {
  const last = evidence.at(-1);
  if (screen.alternate || last === undefined) return null;
  const row = screen.rows.findLastIndex(({ text }) => text.includes(last));
  return row === -1 ? null : scrolled + row;
}

/** The newest complete result on the screen or just above it. */
function resultOn(screen: Screen, pane: PaneWatch, sent: string): SeenResult | null {
  if (!screen.rows.some(({ text }) => text.includes(RESULT_END))) return null;
  const lines = pane.recentLines();
  const result = findResult(lines, { ignore: sent });
  if (!result) return null;
  const hash = createHash('sha256').update(result.raw).digest('hex').slice(0, 12);
  return { name: `result ${hash}`, count: lines.filter((line) => line.includes(RESULT_END)).length };
}
