import { createReadStream } from 'node:fs';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { Command } from 'clipanion';
import Type, { type Static } from 'typebox';
import type { UnreadableEvent } from '../../events/catalogue/index.ts';
import { WorkerState } from '../../events/catalogue/worker-shapes.ts';
import type { StoredEvent } from '../../events/event.ts';
import { Event, Unreadable } from '../../events/event-schema.ts';
import { historyLine } from '../../events/transfer/history-file.ts';
import { type Gap, gapIn } from '../../events/transfer/part.ts';
import { AgentPoolError } from '../../lib/errors.ts';
import { storing } from '../../lib/files/private-files.ts';
import { count, list, noted, nullable, text } from '../../lib/shapes.ts';
import { counted } from '../../lib/text/counted.ts';
import { stripControl } from '../../lib/text/plain-text.ts';
import { shell } from '../../lib/text/shell.ts';
import { Divergence, Verification } from '../../projections/replay/check-schema.ts';
import { describeEvent } from '../../projections/replay/event-words.ts';
import {
  chainOfFile,
  type History,
  historyIn,
  historyOf,
  Then,
  then,
  verifyEvents,
  verifySession,
} from '../../projections/replay/history.ts';
import { replayWorker, type Step } from '../../projections/replay/replay.ts';
import { verifyLedger } from '../../projections/replay/verify-ledger.ts';
import { sessionJson } from '../../projections/sessions/json.ts';
import { chainOf } from '../../projections/sessions/lineage.ts';
import type { SessionRow } from '../../projections/sessions/queries.ts';
import { Session } from '../../projections/sessions/schema.ts';
import { eraseLines } from '../../report/text/cursor.ts';
import { linesOf } from '../../report/text/lines.ts';
import { plainRecord } from '../../report/text/plain.ts';
import { ProgressLine } from '../../report/text/progress.ts';
import { isTerminal, paint } from '../../report/text/style.ts';
import { divergenceLines } from '../../report/views/divergence.ts';
import { historyHeader, stepLines, thenLines } from '../../report/views/history.ts';
import { openApp } from '../../workers/core/context.ts';
import { sessionNamed } from '../../workers/core/named-session.ts';
import { PlainCommand } from '../grammar/command.ts';
import { flag, optionalWorker, pagerFlag, plainFlag, value } from '../grammar/option.ts';

const HostStep = Type.Object(
  {
    signal: noted(
      nullable(Type.Object({ type: text, outcome: Type.Optional(text) })),
      'The input of the state machine; null where the event is no input to it.',
    ),
    before: nullable(WorkerState),
    after: nullable(WorkerState),
    since_start_ms: Type.Number(),
    since_previous_ms: Type.Number(),
    divergence: nullable(Divergence),
    description: noted(text, 'What the event was, in a sentence.'),
    evidence: noted(list(text), "The worker's or our own words that show it: untrusted."),
    event: Event,
  },
  { title: 'ToldStep', description: 'One event, and what the code makes of it today.' },
);

const HostHistory = Type.Object(
  { session_id: text, events: list(HostStep), unreadable: list(Unreadable) },
  { title: 'ToldHistory' },
);
const HostStateAt = Type.Object(
  { session: Session, ...Then.properties },
  { title: 'ToldThen', description: 'With `--at`: the worker as it was then.' },
);
const HostVerification = Type.Object(
  {
    of: noted(text, 'The session, `the ledger` or `the file`.'),
    ...Verification.properties,
    last_position: Type.Optional(noted(count, 'Of the whole ledger.')),
    head: Type.Optional(noted(text, 'The hash of the last event of the whole ledger.')),
  },
  { title: 'ToldProof', description: 'With `--verify`. The exit code is 1 where anything diverges.' },
);

const ReplayReport = Type.Union([HostHistory, HostStateAt, HostVerification], {
  description: "A worker's history, event by event; with `--at` or `--verify` what these report.",
});
type ReplayReport = Static<typeof ReplayReport>;

export default class Replay extends PlainCommand<ReplayReport> {
  static override paths = [['replay']];
  static override report = ReplayReport;
  static override usage = Command.Usage({
    category: 'History',
    description: "Replay a worker's history and verify it",
    details: `
      Prints each event: when it happened, how long after the start and after the previous event, the state it led to, what it was, and the evidence.

      \`--at\` shows the worker at a position of the log (12), at a version of its own stream (v3), or at a time (2026-03-04T14:05:09Z, or +90s after its request).

      \`--verify\` runs the current state machine and projections over the events and compares every state, and every row of the tables, with what is recorded. A divergence is printed as expected, actual and event, and the exit code is 1.
    `,
    examples: [
      ['Replay the newest worker', '$0 replay @last'],
      ['Show it as it was when it asked', '$0 replay @last --at v4'],
      ['Step through one event at a time', '$0 replay @last --step'],
      ['Replay all workers of a chain of handovers', '$0 replay @last --chain'],
      ['Verify every history', '$0 replay --all --verify'],
      ['Verify a history from someone else', '$0 replay --file history.ndjson --verify'],
    ],
  });

  session = optionalWorker();
  at = value('--at', 'show the worker at POSITION, vVERSION, a time, or +90s');
  step = flag('--step', 'print one event at a time: Enter for the next, q to stop');
  verify = flag('--verify', 'compare what is recorded with what the code derives from the events');
  chain = flag('--chain', 'replay every worker that had the work, one after the other');
  all = flag('--all', 'with --verify: every worker in the ledger');
  file = value('--file', 'read an exported history instead of the ledger; - is stdin');
  override plain = plainFlag('one event or figure');
  override pager = pagerFlag();

  async work(): Promise<number> {
    this.#assertSense();
    if (this.file !== undefined) {
      const { events, gaps } = await readHistory(this.file, this.context.stdin as Readable);
      const chain = chainOfFile(events, gaps);
      if (this.all) return this.#verified(verifyEvents(events, chain), 'the file');
      const history = historyIn(events, this.session ?? null);
      return this.verify
        ? this.#verified(verifyEvents(history.events, chain), history.session)
        : await this.#one(history);
    }
    const app = await openApp(this.context.env, 'cli');
    try {
      const { ledger } = app;
      if (this.all) {
        const progress = new ProgressLine(this.context.stderr, 'verifying');
        const { fault, ...verification } = verifyLedger(ledger, (done, all) => progress.at(done, all));
        progress.end();
        if (fault) throw broken(fault.position, fault.reason);
        return this.#verified(verification, 'the ledger');
      }
      const session = sessionNamed(app, this.session ?? '@last');
      if (this.verify) return this.#verified(verifySession(ledger.store, session.id), session.id);
      if (this.chain)
        return await this.#all(chainOf(ledger, session).map(({ id }) => historyOf(ledger.store, id)));
      return await this.#one(historyOf(ledger.store, session.id), chainOf(ledger, session));
    } finally {
      app.ledger.close();
    }
  }

  #assertSense(): void {
    const ways = [this.at !== undefined && '--at', this.step && '--step', this.verify && '--verify'];
    const asked = ways.filter((way) => way !== false);
    if (asked.length > 1) throw usage(`${asked.join(' and ')} do not go together.`);
    if (this.chain && (asked.length > 0 || this.all || this.json || this.file !== undefined))
      throw usage('--chain goes with a session of the ledger alone.');
    if (this.all && (!this.verify || this.session))
      throw usage('--all goes with --verify, and without a session.');
    if (!this.all && !this.session && !this.file)
      throw usage('Which session? An id, its beginning, or @last.');
    if (
      this.step &&
      !(isTerminal(this.context.stdout) && (this.context.stdin as { isTTY?: boolean }).isTTY)
    ) {
      throw usage('--step needs a terminal: it waits for Enter after every event.');
    }
    if (this.step && this.json) throw usage('--step and --json do not go together.');
  }

  async #all(histories: readonly History[]): Promise<number> {
    const texts = function* (this: Replay) {
      for (const { session, worker } of histories) {
        const steps = [...replayWorker(worker)];
        yield* this.plain ? steps.map(plainStep) : this.#described(session, steps);
        if (!this.plain && session !== histories.at(-1)?.session) yield '\n';
      }
    };
    await this.page(texts.call(this));
    return 0;
  }

  async #one(history: History, chain: readonly SessionRow[] = []): Promise<number> {
    if (this.at !== undefined) return this.#then(history, this.at);
    const unreadable: UnreadableEvent[] = [];
    const steps = [...replayWorker(history.worker, (event) => unreadable.push(event))];
    for (const { position, type, schema_version, reason } of unreadable) {
      const what = `${type} version ${schema_version} at position ${position} (${reason})`;
      this.context.stderr.write(`agentpool: skipped ${what}\n`);
    }
    if (this.json) {
      this.print({ session_id: history.session, events: steps.map(stepJson), unreadable }, String);
    } else if (this.step) await this.#stepThrough(history.session, steps);
    else await this.page(this.plain ? steps.map(plainStep) : this.#described(history.session, steps));
    if (!this.json && !this.plain) this.#others(history.session, chain);
    return 0;
  }

  /** What comes before and after it in a chain of handovers. */
  #others(session: string, chain: readonly SessionRow[]): void {
    if (chain.length < 2) return;
    const { dim } = paint(this.context.stdout);
    const ids = chain.map(({ id }) => (id === session ? `${id} (this one)` : id)).join(' -> ');
    this.context.stdout.write(
      `\n${dim(`the work went on: ${ids}`)}\n  ${shell`agentpool replay ${session} --chain`}\n`,
    );
  }

  async #then(history: History, at: string): Promise<number> {
    const past = then(history, at);
    const { row, ...rest } = past;
    await this.show({ session: sessionJson(row), ...rest, row }, () =>
      thenLines(past, this.context.stdout).join('\n'),
    );
    return 0;
  }

  *#described(session: string, steps: readonly Step[]): Generator<string> {
    const { stdout } = this.context;
    yield `${this.#title(session, steps)}\n${historyHeader(stdout)}\n`;
    for (const step of steps) yield `${stepLines(step, stdout).join('\n')}\n`;
  }

  async #stepThrough(session: string, steps: readonly Step[]): Promise<void> {
    const { stdin, stdout } = this.context;
    stdout.write(`${this.#title(session, steps)}\n${historyHeader(stdout)}\n`);
    const lines = createInterface({ input: stdin as Readable });
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

  #title(session: string, steps: readonly Step[]): string {
    const { bold, dim } = paint(this.context.stdout);
    const first = steps[0]?.event.occurred_at.slice(0, 10) ?? '';
    return `${bold(session)}  ${dim(`${counted(steps.length, 'event')}, from ${first}`)}`;
  }

  async #verified(verification: Verification, of: string): Promise<number> {
    const { stdout } = this.context;
    await this.show(
      { of, ...verification },
      ({ ok, workers, events, divergences, unreadable, chain_pieces = null }) => {
        const color = paint(stdout);
        const what = `${counted(events, 'event')} of ${counted(workers, 'worker')} checked again`;
        const kinds = Object.entries(unreadable);
        return [
          ok
            ? `${color.green('✓')} ${of}: ${what}, and all is as it was recorded`
            : `${color.red('✗')} ${of}: ${what}, ${counted(divergences.length, 'divergence')}`,
          ...(ok ? pieceLines(chain_pieces) : []),
          ...divergences.flatMap((each) => divergenceLines(each, stdout)).map((line) => `  ${line}`),
          ...kinds.map(
            ([name, count]) =>
              `  skipped ${counted(count, 'event')} that this AgentPool cannot read: ${name}`,
          ),
        ].join('\n');
      },
    );
    return verification.ok ? 0 : 1;
  }
}

/** What the hashes of a part of a log say; nothing where they are whole. */
const pieceLines = (pieces: number | null): string[] => {
  if (pieces === 1) return [];
  return pieces === null
    ? ['  the events have no hashes: agentpool ledger export writes them']
    : [`  its hash chain holds in ${pieces} pieces: what is between them is not known`];
};

const plainStep = ({ event, after }: Step): string =>
  `${plainRecord(event.position, event.occurred_at, after, event.type, event.actor, stripControl(describeEvent(event).description))}\n`;

function stepJson({ event, ...step }: Step) {
  return { ...step, ...describeEvent(event), event };
}

interface HistoryFile {
  events: StoredEvent[];
  /** What it leaves out, by the position of the event that follows. */
  gaps: Map<number, Gap>;
}

async function readHistory(file: string, stdin: Readable): Promise<HistoryFile> {
  const path = file === '-' ? '-' : resolve(file);
  return storing(path, async () => {
    const events: StoredEvent[] = [];
    const gaps = new Map<number, Gap>();
    let number = 0;
    for await (const line of linesOf(path === '-' ? stdin : createReadStream(path))) {
      number += 1;
      const gap = gapIn(line);
      if (gap) gaps.set(gap.to + 1, gap);
      const event = gap ? null : historyLine(line, number);
      if (event) events.push(event);
    }
    return { events, gaps };
  });
}

const usage = (message: string) =>
  new AgentPoolError('USAGE', message, { example: 'agentpool replay --help' });

const broken = (position: number, reason: string) =>
  new AgentPoolError('LEDGER_CORRUPT', `The log is broken at position ${position}: ${reason}.`, {
    position,
    example: 'agentpool ledger verify',
  });
