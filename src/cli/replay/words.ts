import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { counted } from '../../lib/text/counted.ts';
import { stripControl } from '../../lib/text/plain-text.ts';
import { shell } from '../../lib/text/shell.ts';
import type { Verification } from '../../projections/replay/check-schema.ts';
import { describeEvent } from '../../projections/replay/event-words.ts';
import type { ReplayedEvent } from '../../projections/replay/replay.ts';
import type { SessionRow } from '../../projections/sessions/queries.ts';
import { eraseLines } from '../../report/text/cursor.ts';
import { plainRecord } from '../../report/text/plain.ts';
import { paint } from '../../report/text/style.ts';
import { divergenceLines } from '../../report/views/history/divergence.ts';
import { historyHeader, stepLines } from '../../report/views/history/history.ts';

/** One event per line, for grep and cut. */
export const plainStep = ({ event, after }: ReplayedEvent): string =>
  `${plainRecord(event.position, event.occurred_at, after, event.type, event.actor, stripControl(describeEvent(event).description))}\n`;

export function stepJson({ event, ...step }: ReplayedEvent) {
  return { ...step, ...describeEvent(event), event };
}

/** A history as a person reads it, piece by piece, so that a pager reads no further than its user. */
export function* describedSteps(
  session: string,
  steps: readonly ReplayedEvent[],
  out: Writable,
): Generator<string> {
  yield `${title(session, steps, out)}\n${historyHeader(out)}\n`;
  for (const step of steps) yield `${stepLines(step, out).join('\n')}\n`;
}

/** Prints one event, waits for Enter, prints the next. */
export async function stepThrough(
  session: string,
  steps: readonly ReplayedEvent[],
  { stdin, stdout }: { stdin: Readable; stdout: Writable },
): Promise<void> {
  stdout.write(`${title(session, steps, stdout)}\n${historyHeader(stdout)}\n`);
  const lines = createInterface({ input: stdin });
  const answers = lines[Symbol.asyncIterator]();
  for (const [index, step] of steps.entries()) {
    stdout.write(`${stepLines(step, stdout).join('\n')}\n`);
    if (index === steps.length - 1) break;
    stdout.write(paint(stdout).dim(`${index + 1} of ${steps.length}: Enter for the next, q to stop `));
    const answer = await answers.next();
    if (answer.done || answer.value.trim().toLowerCase() === 'q') break;
    // Erases the prompt and the line break of Enter before the next event is printed.
    stdout.write(eraseLines(1));
  }
  lines.close();
}

function title(session: string, steps: readonly ReplayedEvent[], out: Writable): string {
  const { bold, dim } = paint(out);
  const first = steps[0]?.event.occurred_at.slice(0, 10) ?? '';
  return `${bold(session)}  ${dim(`${counted(steps.length, 'event')}, from ${first}`)}`;
}

/** What comes before and after a worker in a chain of handovers; empty where its work stayed with it. */
export function relativesText(session: string, chain: readonly SessionRow[], out: Writable): string {
  if (chain.length < 2) return '';
  const ids = chain.map(({ id }) => (id === session ? `${id} (this one)` : id)).join(' -> ');
  return `\n${paint(out).dim(`the work went on: ${ids}`)}\n  ${shell`agentpool replay ${session} --chain`}\n`;
}

/** What a verification found, and where. */
export function verifiedText(
  of: string,
  { ok, workers, events, divergences, unreadable, chain_pieces = null }: Verification,
  out: Writable,
): string {
  const color = paint(out);
  const what = `${counted(events, 'event')} of ${counted(workers, 'worker')} checked again`;
  return [
    ok
      ? `${color.green('✓')} ${of}: ${what}, and all is as it was recorded`
      : `${color.red('✗')} ${of}: ${what}, ${counted(divergences.length, 'divergence')}`,
    ...(ok ? pieceLines(chain_pieces) : []),
    ...divergences.flatMap((each) => divergenceLines(each, out)).map((line) => `  ${line}`),
    ...Object.entries(unreadable).map(
      ([name, count]) => `  skipped ${counted(count, 'event')} that this AgentPool cannot read: ${name}`,
    ),
  ].join('\n');
}

/** What the hashes of a part of a log say; nothing where they are whole. */
const pieceLines = (pieces: number | null): string[] => {
  if (pieces === 1) return [];
  return pieces === null
    ? ['  the events have no hashes: agentpool ledger export writes them']
    : [`  its hash chain holds in ${pieces} pieces: what is between them is not known`];
};
