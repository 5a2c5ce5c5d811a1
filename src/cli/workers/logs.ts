import { AgentPoolError } from '../../lib/errors.ts';
import { stripControl } from '../../lib/text/plain-text.ts';
import { shell } from '../../lib/text/shell.ts';
import { isResumable } from '../../projections/sessions/json.ts';
import { type SessionRow, sessionById } from '../../projections/sessions/queries.ts';
import { write } from '../../report/text/lines.ts';
import { followTranscript } from '../../terminal/transcript/follow.ts';
import { MAX_TAIL_BYTES, readTranscript, tailLines } from '../../terminal/transcript/transcript.ts';
import { reconcileIfNeeded } from '../../workers/commands/reconcile.ts';
import type { AppContext } from '../../workers/core/context.ts';
import { sessionNamed } from '../../workers/core/sessions/named-session.ts';
import { watchHere } from '../../workers/watch/in-process/watch-in-process.ts';
import { type Call, pageTexts } from '../output/call.ts';
import { noteMissing } from './note-missing.ts';
import { pageOf, type TranscriptPage, tailOf } from './transcript-page.ts';
import { INTERRUPTED, onInterrupt } from './wait-in-view.ts';

interface Options {
  session: string;
  follow: boolean;
  lines: number | undefined;
}

/** How much of it comes first with --follow: what a person needs to know where the worker is. */
const FIRST_LINES = 20;
const SLICE = 64 * 1024;
/** How often the processes of the worker are looked for, in milliseconds: if its watcher was killed, no end is recorded. */
const RECONCILE_MS = 1000;

/** `agentpool logs`. With --follow, returns 130 after Ctrl-C. */
export async function run(
  call: Call<TranscriptPage>,
  { session: named, follow, lines }: Options,
  app: AppContext,
): Promise<number | undefined> {
  const session = sessionNamed(app, named);
  if (follow) return followed(call, app, session, lines ?? FIRST_LINES);
  noteMissing(call.context.stderr, app.paths.artifacts, session);
  const { transcript_path: path } = session;
  if (call.json) {
    const page =
      lines === undefined
        ? pageOf(session, null, readTranscript(path, { offset: 0, limit: MAX_TAIL_BYTES }))
        : tailOf(session, lines, textOf(tailLines(path, lines)));
    call.print(page, ({ text }) => text);
  } else if (lines === undefined) await pageTexts(call, slicesOf(path));
  else await pageTexts(call, [stripControl(textOf(tailLines(path, lines)))]);
  return undefined;
}

/** The whole transcript, piece by piece, cut at line ends. */
function* slicesOf(path: string): Generator<string> {
  let rest = '';
  for (let offset = 0, more = true; more; ) {
    const { text, next_offset, has_more } = readTranscript(path, { offset, limit: SLICE });
    const whole = rest + text;
    const end = has_more ? whole.lastIndexOf('\n') + 1 : whole.length;
    rest = whole.slice(end);
    if (end > 0) yield stripControl(whole.slice(0, end));
    offset = next_offset;
    more = has_more;
  }
}

const textOf = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join('');

/** Prints what the worker prints, also over its resumes, until it has ended or Ctrl-C. */
async function followed(
  call: Call<TranscriptPage>,
  app: AppContext,
  session: SessionRow,
  lines: number,
): Promise<number | undefined> {
  const { stdout, stderr } = call.context;
  const interrupt = onInterrupt();
  const closed = new AbortController();
  // A reader that has gone away (`| head`) ends the process elsewhere, or this stream alone in a test.
  stdout.once('close', () => closed.abort());
  interrupt.signal.addEventListener('abort', () => closed.abort());
  const note = (text: string) => (call.json ? undefined : stderr.write(`${text}\n`));
  const end = endOf(app, session.id, note);
  const here = await watchHere(app, session);
  try {
    const following = { lines, signal: closed.signal, isOver: end.isOver };
    for await (const piece of followTranscript(session.transcript_path, following)) {
      const page = pageOf(session, null, { ...piece, has_more: false });
      await write(stdout, call.json ? `${JSON.stringify(page)}\n` : page.text);
    }
  } finally {
    await here?.close();
    interrupt.forget();
  }
  if (interrupt.signal.aborted) return INTERRUPTED;
  end.report();
  return undefined;
}

/** Whether the worker has ended. One that is lost can be resumed, and its transcript goes on: it has not. */
function endOf(app: AppContext, id: string, note: (text: string) => void) {
  const now = () => {
    const session = sessionById(app.ledger, id);
    if (!session) throw new AgentPoolError('INTERNAL_ERROR', `${id} is not in the ledger any more.`);
    return session;
  };
  let lookAt = 0;
  let isLost = false;
  const isOver = async () => {
    if (performance.now() >= lookAt) {
      await reconcileIfNeeded(app);
      lookAt = performance.now() + RECONCILE_MS;
    }
    const session = now();
    const { state, alive } = session;
    const waits = state === 'LOST' && alive === 0 && isResumable(session);
    if (waits && !isLost)
      note(shell`${id} is lost. This goes on when it is resumed: agentpool resume ${id} (Ctrl-C ends it)`);
    isLost = waits;
    return alive === 0 && state !== 'QUEUED' && !waits;
  };
  const report = () => {
    const { state, successor } = now();
    note(`${id} has ended (${state})`);
    if (successor !== null)
      note(shell`  its work went on as ${successor}  agentpool logs ${successor} --follow`);
  };
  return { isOver, report };
}
