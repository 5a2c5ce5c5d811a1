import { existsSync } from 'node:fs';
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
import { sessionNamed } from '../../workers/core/named-session.ts';
import { watchHere } from '../../workers/watch/watch-in-process.ts';
import { type Call, pageTexts } from '../output/call.ts';
import { noteMissing } from './note-missing.ts';
import type { TranscriptPage } from './transcript-page.ts';
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
    call.print(lines === undefined ? wholePage(session) : tailPage(session, lines), ({ text }) => text);
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

const base = ({ id, transcript_path: path }: SessionRow) => ({
  session_id: id,
  path,
  exists: existsSync(path),
});

function wholePage(session: SessionRow): TranscriptPage {
  const page = readTranscript(session.transcript_path, { offset: 0, limit: MAX_TAIL_BYTES });
  return {
    ...base(session),
    mode: 'page',
    tail_lines: null,
    limit: null,
    ...page,
    text: stripControl(page.text),
  };
}

function tailPage(session: SessionRow, lines: number): TranscriptPage {
  const { transcript_path: path } = session;
  const { size_bytes } = readTranscript(path, { offset: 0, limit: 1 });
  return {
    ...base(session),
    mode: 'tail',
    tail_lines: lines,
    limit: null,
    offset: null,
    next_offset: null,
    has_more: false,
    size_bytes,
    text: stripControl(textOf(tailLines(path, lines))),
  };
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
    for await (const { text, ...place } of followTranscript(session.transcript_path, following)) {
      const page = { mode: 'page' as const, tail_lines: null, limit: null, has_more: false };
      if (call.json) {
        const value: TranscriptPage = { ...base(session), ...page, ...place, text: stripControl(text) };
        await write(stdout, `${JSON.stringify(value)}\n`);
      } else await write(stdout, stripControl(text));
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
