import { Command } from 'clipanion';
import Type, { type Static } from 'typebox';
import {
  catalogue,
  decode,
  decodeFolded,
  type FoldedEvent,
  isEventType,
  isUnreadable,
  type LedgerEvent,
  type UnreadableEvent,
} from '../../../events/catalogue/index.ts';
import type { FoldedRow, StoredEvent } from '../../../events/event.ts';
import { Event, Unreadable } from '../../../events/event-schema.ts';
import { follow } from '../../../events/store/follow.ts';
import { hasEventsOfType } from '../../../events/store/log-queries.ts';
import { AgentPoolError } from '../../../lib/errors.ts';
import { suggest } from '../../../lib/suggest.ts';
import { stripControl } from '../../../lib/text/plain-text.ts';
import { shell } from '../../../lib/text/shell.ts';
import { sessionOfStream, workerStream } from '../../../machines/worker/state.ts';
import { describeEvent } from '../../../projections/replay/event-words.ts';
import { pour } from '../../../report/text/pager.ts';
import { plainRecord } from '../../../report/text/plain.ts';
import { columnsOf, paint, paintedSign } from '../../../report/text/style.ts';
import { fit } from '../../../report/text/table.ts';
import { dayAndClock } from '../../../report/text/time.ts';
import type { AppContext } from '../../../workers/core/context.ts';
import { inItsLog } from '../../../workers/queries/fleet/in-its-log.ts';
import { LedgerCommand } from '../../grammar/ledger-command.ts';
import { flag, list, optionalWorker, pagerFlag, plainFlag, value } from '../../grammar/option.ts';

const EventLine = Type.Union([Event, Type.Object({ unreadable: Unreadable })], {
  description:
    'An event in the current version of its type, or what could not be read; oldest first, with `--follow` as they come.',
});
type EventLine = Static<typeof EventLine>;

/** Characters of one text that is printed. */
const CHUNK = 65_536;

export default class Events extends LedgerCommand<EventLine> {
  static override paths = [['events']];
  static override report = EventLine;
  static override manyReports = true;
  static override usage = Command.Usage({
    category: 'History',
    description: 'Read the event log',
    details: `
      Prints one line per event, oldest first. With \`--follow\` it continues with every event that any process appends, until Ctrl-C.

      With \`--json\` each line is one event: its envelope (position, event_id, stream_id, stream_version, type, schema_version, occurred_at, recorded_at, command_id, causation_id, correlation_id, actor, metadata) and its \`data\` in the current version of the type. An event whose type or version is unknown is named on stderr and stays in the log; with \`--json\` it is also a line of its own, \`{"unreadable": {position, type, schema_version, reason}}\`.
    `,
    examples: [
      ['Read the history of the newest worker', '$0 events @last'],
      ['Wait for exits, from now on', '$0 events --type worker.exited --from now --follow --json'],
    ],
  });
  /** Prints the log unchanged: does not record dead processes first. */
  protected override reconciles = false;

  session = optionalWorker();
  type = list('--type', 'only events of this type (repeat for more)');
  from = value('--from', 'the first position to read, or `now`');
  follow = flag('--follow,-f', 'continue with new events');
  override plain = plainFlag('one event');
  override pager = pagerFlag();

  async run(app: AppContext): Promise<number> {
    if (this.session === undefined) await this.#print(app, {});
    else
      await inItsLog(app, this.session, (found) =>
        this.#print(found.app, { stream: workerStream(found.session.id) }),
      );
    return 0;
  }

  /** The requested events of a log. */
  async #print(app: AppContext, of: { stream?: string }): Promise<void> {
    const { store } = app.ledger;
    const options = {
      ...of,
      ...(this.type.length === 0 ? {} : { types: this.#types(app) }),
      from: firstPosition(this.from, store.lastPosition()),
    };
    if (!this.follow) {
      // Only with --json is all of an event printed.
      const lines = this.json
        ? mapped(store.read(options), this.#jsonLine())
        : mapped(store.readFolded(options), this.#wordsLine());
      return this.page(chunksOf(lines));
    }
    const ended = new AbortController();
    const end = () => ended.abort();
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, end);
    const lineOf = this.json ? this.#jsonLine() : this.#wordsLine();
    await pour(asTheyHappen(follow(store, options, ended.signal), lineOf), this.context.stdout);
  }

  #jsonLine(): (stored: StoredEvent) => string {
    const report = this.#unreadable();
    return (stored) => {
      const event = decode(stored);
      if (isUnreadable(event)) report(event);
      return jsonLine(event, stored);
    };
  }

  /** The line of an event; empty for one that cannot be read, which is reported elsewhere. */
  #wordsLine(): (stored: FoldedRow) => string {
    const report = this.#unreadable();
    const inWords = this.plain ? plainLine : this.#human();
    return (stored) => {
      const event = decodeFolded(stored);
      if (!isUnreadable(event)) return inWords(event);
      report(event);
      return '';
    };
  }

  /** The requested event types. Throws for a type that is neither in the catalogue nor in the log: it is a typo. */
  #types({ ledger }: AppContext): string[] {
    for (const type of this.type) {
      if (isEventType(type) || hasEventsOfType(ledger, type)) continue;
      const allowed = Object.keys(catalogue);
      const nearest = suggest(type, allowed);
      throw new AgentPoolError(
        'INVALID_EVENT_TYPE',
        `There is no event type ${type}.${nearest ? ` Did you mean ${nearest}?` : ''}`,
        { type, allowed, example: shell`agentpool events --type ${nearest ?? 'worker.transitioned'}` },
      );
    }
    return this.type;
  }

  /** One line per event, and a line with the date before the first event of each day. */
  #human() {
    const { stdout } = this.context;
    const color = paint(stdout);
    let today = '';
    return (event: FoldedEvent): string => {
      const { day, clock } = dayAndClock(event.occurred_at);
      const isNewDay = day !== today;
      today = day;
      const head = `${String(event.position).padStart(6)}  ${clock}  `;
      const whose = fit(subject(event), 16).padEnd(16);
      const width = columnsOf(stdout) - head.length - 20;
      const sign = 'state' in event.data ? paintedSign(event.data.state, color) : ' ';
      const description = fit(stripControl(describeEvent(event).description), width);
      return `${isNewDay ? `${color.dim(today)}\n` : ''}${color.dim(head)}${whose}  ${sign} ${description}\n`;
    };
  }

  /** Reports each unreadable type and version once, so that a log full of them does not flood the screen. */
  #unreadable() {
    const named = new Set<string>();
    return ({ type, schema_version, reason, position }: UnreadableEvent) => {
      const name = `${type} version ${schema_version}`;
      if (named.has(name)) return;
      named.add(name);
      this.context.stderr.write(
        `agentpool: skipped ${stripControl(name)} (${reason}), first at position ${position}; it stays in the log\n`,
      );
    };
  }
}

function* mapped<Stored>(all: Iterable<Stored>, lineOf: (stored: Stored) => string): Generator<string> {
  for (const stored of all) yield lineOf(stored);
}

/** Many lines in one text: to print each by itself takes longer than to read it. */
function* chunksOf(lines: Iterable<string>): Generator<string> {
  let chunk = '';
  for (const line of lines) {
    chunk += line;
    if (chunk.length < CHUNK) continue;
    yield chunk;
    chunk = '';
  }
  if (chunk !== '') yield chunk;
}

async function* asTheyHappen(
  all: AsyncIterable<StoredEvent>,
  lineOf: (stored: StoredEvent) => string,
): AsyncGenerator<string> {
  for await (const stored of all) {
    const line = lineOf(stored);
    if (line !== '') yield line;
  }
}

function jsonLine(event: LedgerEvent | UnreadableEvent, { hash }: StoredEvent): string {
  // Not a copy of the event: that takes longer than to write it.
  const line: EventLine = isUnreadable(event) ? { unreadable: event } : Object.assign(event, { hash });
  return `${JSON.stringify(line)}\n`;
}

function plainLine(event: FoldedEvent): string {
  const { position, occurred_at, stream_id, type } = event;
  return `${plainRecord(position, occurred_at, stream_id, type, stripControl(describeEvent(event).description))}\n`;
}

/** `now` selects only events that are appended later. */
function firstPosition(asked: string | undefined, last: number): number {
  if (asked === undefined) return 1;
  if (asked === 'now') return last + 1;
  const position = Number(asked);
  if (Number.isSafeInteger(position) && position >= 1) return position;
  throw new AgentPoolError(
    'INVALID_POSITION',
    `--from takes a position (1, 2, 3, ...) or the word now, not ${JSON.stringify(asked)}.`,
    { from: asked, example: 'agentpool events --from 1' },
  );
}

/** The owner of an event: the worker, or the name of the stream. */
function subject({ stream_id }: FoldedEvent): string {
  return sessionOfStream(stream_id) ?? (stream_id.startsWith('leases/') ? 'leases' : stream_id);
}
