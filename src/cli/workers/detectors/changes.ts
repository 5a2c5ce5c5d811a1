import Type, { type Static } from 'typebox';
import { noted, nullable, text } from '../../../lib/shapes.ts';
import { counted } from '../../../lib/text/counted.ts';
import type { Paint } from '../../../report/text/style.ts';
import { Label } from '../../../terminal/detection/classification-schema.ts';
import { isWorse } from '../../../terminal/detection/learning/effect.ts';

/** A kept screen that other rules read otherwise. */
export const KeptChange = Type.Object(
  {
    where: noted(text, 'A file, or a session and the time at which it showed this.'),
    label: noted(nullable(Label), 'What the agent was, where a person has said so.'),
    before: Label,
    after: Label,
    evidence: noted(text, 'The row that the new reading is based on.'),
  },
  { title: 'KeptChange' },
);
export type KeptChange = Static<typeof KeptChange>;

/** How many changes a person is shown. */
const MOST = 12;

/** What other rules change for the screens that are kept, for a person. */
export function changeLines(kept: number, changes: readonly KeptChange[], color: Paint): string[] {
  if (kept === 0) return ['No screen of this agent is kept here to try them on.'];
  const screens = counted(kept, 'kept screen');
  if (changes.length === 0) return [`${screens} read as before.`];
  return [
    `${changes.length} of ${screens} would be read otherwise:`,
    ...changes.slice(0, MOST).map((change) => changeLine(change, color)),
    ...(changes.length > MOST ? [`  ... and ${changes.length - MOST} more (--json has them all)`] : []),
  ];
}

function changeLine(change: KeptChange, color: Paint): string {
  const { where, label, before, after, evidence } = change;
  const known =
    label === null ? '' : label === after ? color.green(' (right)') : color.red(` (it is ${label})`);
  const sign = isWorse(change) ? color.red('✗') : ' ';
  return `  ${sign} ${where}: ${before} -> ${after}${known}  ${evidence.trim().slice(0, 80)}`;
}
