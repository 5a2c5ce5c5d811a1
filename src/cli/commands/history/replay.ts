import type { Readable } from 'node:stream';
import { Command } from 'clipanion';
import { applyCascade, isAtLeast, isAtMost, isNumber } from 'typanion';
import type { UnreadableEvent } from '../../../events/catalogue/index.ts';
import { AgentPoolError } from '../../../lib/errors.ts';
import type { Verification } from '../../../projections/replay/check-schema.ts';
import {
  chainOfFile,
  type History,
  historyIn,
  historyOf,
  then,
  verifyEvents,
  verifySession,
} from '../../../projections/replay/history.ts';
import { replayWorker } from '../../../projections/replay/replay.ts';
import { verifyLedger } from '../../../projections/replay/verify-ledger.ts';
import { sessionJson } from '../../../projections/sessions/json.ts';
import { chainOf } from '../../../projections/sessions/lineage.ts';
import type { SessionRow } from '../../../projections/sessions/queries.ts';
import { type Terminals, watchRecording } from '../../../report/replay/terminal/player.ts';
import { writeCast } from '../../../report/replay/written/cast.ts';
import { writtenText } from '../../../report/replay/written/file.ts';
import { writePage, writePageOfFile, writePageSince } from '../../../report/replay/written/page.ts';
import type { WrittenReplay } from '../../../report/replay/written/schema.ts';
import { ProgressLine } from '../../../report/text/progress.ts';
import { isTerminal } from '../../../report/text/style.ts';
import { thenLines } from '../../../report/views/history/history.ts';
import { type AppContext, openApp } from '../../../workers/core/context.ts';
import { inItsLog, type WithItsLog } from '../../../workers/queries/fleet/in-its-log.ts';
import { PlainCommand } from '../../grammar/command.ts';
import { flag, optionalWorker, pagerFlag, plainFlag, value } from '../../grammar/option.ts';
import { readHistory } from '../../replay/history-file.ts';
import { ReplayReport } from '../../replay/reports.ts';
import { nonsense } from '../../replay/sense.ts';
import {
  describedSteps,
  plainStep,
  relativesText,
  stepJson,
  stepThrough,
  verifiedText,
} from '../../replay/words.ts';

const pace = {
  validator: applyCascade(isNumber(), [isAtLeast(0.1), isAtMost(100)]),
  min: 0.1,
  max: 100,
};

export default class Replay extends PlainCommand<ReplayReport> {
  static override paths = [['replay']];
  static override report = ReplayReport;
  static override usage = Command.Usage({
    category: 'History',
    description: "Replay a worker's history and verify it",
    details: `
      Prints each event: when it happened, how long after the start and after the previous event, the state it led to, what it was, and the evidence.

      \`--at\` shows the worker at a position of the log (12), at a version of its own stream (v3), or at a time (2026-03-04T14:05:09Z, or +90s after its request).

      \`--html\` writes a page that plays what the terminals showed beside the events, on one timeline. It is one file that makes no request: anyone can open it in a browser. The page verifies the hash chain itself. It holds what the ledger and the recordings hold, which is redacted, but also tasks, paths and what the agents wrote: read it before you share it.

      \`--watch\` plays the recording of its terminal here, with the events beneath; \`--cast\` writes it as an asciicast.

      \`--verify\` runs the current state machine and projections over the events and compares every state, and every row of the tables, with what is recorded. A divergence is printed as expected, actual and event, and the exit code is 1.
    `,
    examples: [
      ['Replay the newest worker', '$0 replay @last'],
      ['Show it as it was when it asked', '$0 replay @last --at v4'],
      ['Step through one event at a time', '$0 replay @last --step'],
      ['Replay all workers of a chain of handovers', '$0 replay @last --chain'],
      ['Write a page to watch it', '$0 replay @last --html replay.html'],
      ['Write a page of a chain of handovers', '$0 replay @last --chain --html chain.html'],
      ['Write a page of all workers of the last two hours', '$0 replay --since 2h --html workers.html'],
      ['Play what its terminal showed', '$0 replay @last --watch'],
      ['Write that for asciinema', '$0 replay @last --cast film.cast'],
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
  html = value('--html', 'write a page that plays the terminal beside the events; - is stdout');
  since = value('--since', 'with --html: all workers that were active since then (2h, 3d, a day)');
  cast = value('--cast', 'write an asciicast, which asciinema plays; - is stdout');
  watch = flag('--watch', 'play the recording in this terminal');
  speed = value('--speed', 'with --watch: how many times as fast, 0.1 to 100', { takes: pace });
  force = flag('--force', 'with --html or --cast: replace an existing file');
  override plain = plainFlag('one event or figure');
  override pager = pagerFlag();

  async work(): Promise<number> {
    this.#assertSense();
    if (this.file !== undefined) {
      const { events, gaps } = await readHistory(this.file, this.context.stdin as Readable);
      const chain = chainOfFile(events, gaps);
      if (this.all) return this.#verified(verifyEvents(events, chain), 'the file');
      if (this.html !== undefined) {
        const named = this.session === undefined ? null : historyIn(events, this.session).session;
        return this.#written(await writePageOfFile({ events, gaps }, named, this.#target(this.html)));
      }
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
      if (this.since !== undefined && this.html !== undefined)
        return this.#written(await writePageSince(app, this.since, this.#target(this.html)));
      return await inItsLog(app, this.session ?? '@last', (found) => this.#ofWorker(found));
    } finally {
      app.ledger.close();
    }
  }

  async #ofWorker({ app, session }: WithItsLog): Promise<number> {
    const { ledger } = app;
    if (this.html !== undefined) {
      const sessions = this.chain ? chainOf(ledger, session) : [session];
      return this.#written(await writePage(app, sessions, this.#target(this.html)));
    }
    if (this.cast !== undefined || this.watch) return this.#recorded(app, session);
    if (this.verify) return this.#verified(verifySession(ledger.store, session.id), session.id);
    if (this.chain) return this.#all(chainOf(ledger, session).map(({ id }) => historyOf(ledger.store, id)));
    return this.#one(historyOf(ledger.store, session.id), chainOf(ledger, session));
  }

  #assertSense(): void {
    const { stdin, stdout } = this.context;
    const isInteractive = isTerminal(stdout) && (stdin as { isTTY?: boolean }).isTTY === true;
    const fault = nonsense(this, isInteractive);
    if (fault !== null) throw usage(fault);
  }

  #target = (file: string) => ({ file, isForced: this.force, stdout: this.context.stdout });

  #written(written: WrittenReplay): number {
    if (written.file !== '-') this.print(written, () => `${writtenText(written, this.context.stdout)}\n`);
    return 0;
  }

  /** What a recording of this worker becomes: an asciicast, or a film in this terminal. */
  async #recorded(app: AppContext, session: SessionRow): Promise<number> {
    if (this.cast !== undefined) return this.#written(await writeCast(app, session, this.#target(this.cast)));
    const { stdin, stdout } = this.context as unknown as Terminals;
    await watchRecording(app, session, { stdin, stdout }, this.speed ?? 1);
    return 0;
  }

  async #all(histories: readonly History[]): Promise<number> {
    const { stdout } = this.context;
    const texts = function* (this: Replay) {
      for (const { session, worker } of histories) {
        const steps = [...replayWorker(worker)];
        yield* this.plain ? steps.map(plainStep) : describedSteps(session, steps, stdout);
        if (!this.plain && session !== histories.at(-1)?.session) yield '\n';
      }
    };
    await this.page(texts.call(this));
    return 0;
  }

  async #one(history: History, chain: readonly SessionRow[] = []): Promise<number> {
    if (this.at !== undefined) return this.#then(history, this.at);
    const { session } = history;
    const { stdin, stdout, stderr } = this.context;
    const unreadable: UnreadableEvent[] = [];
    const steps = [...replayWorker(history.worker, (event) => unreadable.push(event))];
    for (const { position, type, schema_version, reason } of unreadable) {
      const what = `${type} version ${schema_version} at position ${position} (${reason})`;
      stderr.write(`agentpool: skipped ${what}\n`);
    }
    if (this.json) {
      this.print({ session_id: session, events: steps.map(stepJson), unreadable }, String);
    } else if (this.step) await stepThrough(session, steps, { stdin: stdin as Readable, stdout });
    else await this.page(this.plain ? steps.map(plainStep) : describedSteps(session, steps, stdout));
    if (!this.json && !this.plain) stdout.write(relativesText(session, chain, stdout));
    return 0;
  }

  async #then(history: History, at: string): Promise<number> {
    const past = then(history, at);
    const { row, ...rest } = past;
    await this.show({ session: sessionJson(row), ...rest, row }, () =>
      thenLines(past, this.context.stdout).join('\n'),
    );
    return 0;
  }

  async #verified(verification: Verification, of: string): Promise<number> {
    const { stdout } = this.context;
    await this.show({ of, ...verification }, (reported) => verifiedText(of, reported, stdout));
    return verification.ok ? 0 : 1;
  }
}

const usage = (message: string) =>
  new AgentPoolError('USAGE', message, { example: 'agentpool replay --help' });

const broken = (position: number, reason: string) =>
  new AgentPoolError('LEDGER_CORRUPT', `The log is broken at position ${position}: ${reason}.`, {
    position,
    example: 'agentpool ledger verify',
  });
