import type { Writable } from 'node:stream';
import wrapAnsi from 'wrap-ansi';
import { stripControl } from '../../../lib/text/plain-text.ts';
import type { WorkerWords } from '../../../workers/commands/results/worker-words.ts';
import type { QuestionFacts } from '../../../workers/core/setup/next-steps.ts';
import { offeredWords } from '../../../workers/sight/dialogs/asked.ts';
import { checkBox } from '../../text/outcome.ts';
import { columnsOf, paint } from '../../text/style.ts';

/** A worker's words as they are shown on a terminal, and what they mean for the commands to type next. */
export interface ShownWords {
  lines: string[];
  asking: QuestionFacts | null;
}

/** A result is read in full by `collect`; here it must not push the next commands off the screen. */
const MAX_FINDINGS = 20;

/** The same for what a turn has printed: its end matters most. */
const MAX_PRINTED = 20;

/**
 * The words of a worker, indented behind a bar and wrapped to the terminal, with an empty line around them. `printed`
 * is shown where it neither asks nor reports anything.
 */
export function shownWords(
  { asks, result }: WorkerWords,
  stream: Writable,
  printed: readonly string[] = [],
): ShownWords {
  const body = [
    ...(asks
      ? [
          ...asks.lines,
          ...asks.choices.map(({ number, label, checked }) => `  ${number}. ${checkBox(checked)}${label}`),
        ]
      : []),
    ...(result ? resultLines(result) : []),
    ...(asks || result ? [] : printedLines(printed)),
  ];
  const asking = asks && {
    choices: asks.choices,
    form: asks.form,
    words: offeredWords(asks.lines.slice(-2).join(' ')),
    isAboutMoney: asks.isAboutMoney,
  };
  return { lines: body.length === 0 ? [] : ['', ...behindBar(body, stream), ''], asking };
}

/** The last lines, and that there are more; nothing of them drives a terminal. */
function printedLines(printed: readonly string[]): string[] {
  const lines = printed.map((line) => stripControl(line).trimEnd()).filter((line) => line !== '');
  const left = lines.length - MAX_PRINTED;
  return [...(left > 0 ? [`… ${left} more lines`] : []), ...lines.slice(-MAX_PRINTED)];
}

function resultLines({ summary, findings }: NonNullable<WorkerWords['result']>): string[] {
  const left = findings.length - MAX_FINDINGS;
  return [
    ...summary.split('\n'),
    ...(findings.length > 0 ? [''] : []),
    ...findings.slice(0, MAX_FINDINGS).map((finding) => `- ${finding}`),
    ...(left > 0 ? [`… and ${left} more`] : []),
  ];
}

/** Leaves the last column free: in some terminals a full line already starts the next one. */
function behindBar(lines: readonly string[], stream: Writable): string[] {
  const width = Math.max(16, columnsOf(stream) - 5);
  const bar = paint(stream).dim('│');
  return lines
    .flatMap((line) => wrapped(line.replaceAll('\t', '  '), width))
    .map((line) => `  ${bar} ${line}`.trimEnd());
}

/** What is too long for a line goes on below its first word. */
function wrapped(line: string, width: number): string[] {
  const [lead = ''] = /^\s*(?:(?:[-*•]|\d+[.)])\s+)?/u.exec(line) ?? [];
  if (lead.length > width / 2) return wrapAnsi(line, width, { hard: true, trim: false }).split('\n');
  const rest = wrapAnsi(line.slice(lead.length), width - lead.length, { hard: true }).split('\n');
  return rest.map((part, index) => `${index === 0 ? lead : ' '.repeat(lead.length)}${part}`);
}
