import { createWriteStream } from 'node:fs';
import { resolve } from 'node:path';
import type { Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { Command } from 'clipanion';
import Type, { type Static } from 'typebox';
import { loadLastValidConfig } from '../../../../config/file/load.ts';
import { homeFolder } from '../../../../config/paths.ts';
import type { StoredEvent } from '../../../../events/event.ts';
import type { EventStore } from '../../../../events/store/store.ts';
import { partLines } from '../../../../events/transfer/part.ts';
import { type ReadableEnd, readableEvents } from '../../../../events/transfer/readable.ts';
import { exportLines } from '../../../../events/transfer/transfer.ts';
import { AgentPoolError } from '../../../../lib/errors.ts';
import { placeFile } from '../../../../lib/files/atomic-file.ts';
import { storing } from '../../../../lib/files/private-files.ts';
import { count, noted, nullable, text } from '../../../../lib/shapes.ts';
import { counted } from '../../../../lib/text/counted.ts';
import { workerStream } from '../../../../machines/worker/state.ts';
import { write } from '../../../../report/text/lines.ts';
import { ProgressLine } from '../../../../report/text/progress.ts';
import { isTerminal, paint } from '../../../../report/text/style.ts';
import type { AppContext } from '../../../../workers/core/context.ts';
import { sessionNamed } from '../../../../workers/core/sessions/named-session.ts';
import { LedgerCommand } from '../../../grammar/ledger-command.ts';
import { argument, flag, workerOption } from '../../../grammar/option.ts';

const Exported = Type.Object(
  {
    file: text,
    events: count,
    session: noted(nullable(text), 'Whose events alone, as it was named.'),
    stopped: Type.Optional(
      noted(
        nullable(Type.Object({ position: count, reason: text })),
        'With --readable: the first event that could not be read, and why; null if all could.',
      ),
    ),
  },
  {
    description:
      'What was written into the file that was named; without one, the events themselves are printed.',
  },
);
type Exported = Static<typeof Exported>;

export default class LedgerExport extends LedgerCommand<Exported> {
  static override paths = [['ledger', 'export']];
  static override report = Exported;
  static override usage = Command.Usage({
    category: 'History',
    description: 'Write the log as NDJSON, one event per line with its hash',
    details: `
      The lines are what the log holds, byte for byte, so the hash chain can be verified anywhere: \`agentpool ledger import\` does. With \`--session\` only one worker's events are written: enough for \`agentpool replay --file\`, but not for an import. Between them it writes the hashes of the events that are left out, 32 bytes for each, so that \`replay --file FILE --verify\` shows whether any event of the worker was changed or removed; nothing of other workers can be read from them.

      With \`--readable\` it reads a ledger that is damaged, up to the first event that cannot be read or has changed, and leaves the file as it is. To go on with what was read: move the ledger away with its -wal and -shm, then \`agentpool ledger import\` the file.
    `,
    examples: [
      ['Export what can be read of a damaged ledger', '$0 ledger export --readable readable.ndjson'],
      ['Export to a file', '$0 ledger export history.ndjson'],
      ['Compress the export', '$0 ledger export | gzip > history.ndjson.gz'],
      ["Export one worker's history", '$0 ledger export --session @last one.ndjson'],
    ],
  });
  protected override reconciles = false;

  file = argument('FILE');
  session = workerOption("only this worker's events");
  readable = flag('--readable', 'from a damaged ledger, the events before the damage');
  force = flag('--force', 'replace an existing file');

  /** A damaged ledger cannot be opened as the other commands open it. */
  override async work(): Promise<number | undefined> {
    return this.readable ? await this.#exportReadable() : await super.work();
  }

  async run(app: AppContext): Promise<undefined> {
    const { store } = app.ledger;
    const lines = this.session === undefined ? whole(store.read()) : this.#partOf(app, this.session);
    await this.#export(lines, this.#progress(store), () => null);
  }

  /** One worker's events, with what bridges the gaps between them. */
  #partOf(app: AppContext, named: string): Generator<ExportLine> {
    const { store } = app.ledger;
    const stream = workerStream(sessionNamed(app, named).id);
    const own = store.readAll({ stream });
    // The event before it begins its chain.
    const from = Math.max(1, (own[0]?.position ?? 1) - 1);
    return partLines(store.read({ from }), stream, own.at(-1)?.position ?? 0);
  }

  async #exportReadable(): Promise<undefined> {
    if (this.session !== undefined)
      throw new AgentPoolError('INVALID_REQUEST', '--readable and --session exclude each other.', {
        example: 'agentpool ledger export --readable history.ndjson',
      });
    const { env, stderr } = this.context;
    const { paths } = await loadLastValidConfig(homeFolder(env), env);
    let end: ReadableEnd = { position: null, reason: null };
    const events = readableEvents(paths.ledger, (found) => {
      end = found;
    });
    await this.#export(whole(events), null, () => end);
    const { position, reason } = end;
    if (position !== null && (this.file === undefined || this.file === '-'))
      stderr.write(`agentpool: ${stopped(position, reason)}\n`);
  }

  async #export(
    events: Iterable<ExportLine>,
    progress: Progress | null,
    end: () => ReadableEnd | null,
  ): Promise<undefined> {
    if (this.file === undefined || this.file === '-') {
      await writeEvents(events, this.context.stdout, progress);
      return;
    }
    const file = resolve(this.file);
    const written = await storing(file, () =>
      placeFile(file, { existing: this.force ? 'replace' : 'refuse' }, (draft) =>
        writeFile(events, draft, progress),
      ),
    );
    const { position = null, reason = null } = end() ?? {};
    const report = {
      file,
      events: written,
      session: this.session ?? null,
      ...(this.readable ? { stopped: position === null ? null : { position, reason: reason ?? '' } } : {}),
    };
    this.print(report, () => {
      const sign = paint(this.context.stdout).green('✓');
      const rest = position === null ? '' : `\n  ${stopped(position, reason)}`;
      return `${sign} ${counted(written, 'event')}: ${file}${rest}`;
    });
  }

  /** Shows no progress for one worker's few events, nor if the events go to the terminal themselves. */
  #progress(store: EventStore): Progress | null {
    const { stdout, stderr } = this.context;
    if (this.session !== undefined || (this.file === undefined && isTerminal(stdout))) return null;
    return { line: new ProgressLine(stderr, 'exporting'), all: store.lastPosition() };
  }
}

const stopped = (position: number, reason: string | null): string =>
  `the event at position ${position} cannot be read (${reason}); it and what follows are not in the export`;

interface ExportLine {
  line: string;
  isEvent: boolean;
}

function* whole(events: Iterable<StoredEvent>): Generator<ExportLine> {
  for (const line of exportLines(events)) yield { line, isEvent: true };
}

interface Progress {
  line: ProgressLine;
  all: number;
}

async function writeFile(
  from: Iterable<ExportLine>,
  draft: string,
  progress: Progress | null,
): Promise<number> {
  const file = createWriteStream(draft, { flags: 'r+' });
  const done = finished(file);
  const events = await Promise.race([writeEvents(from, file, progress), done.then(() => 0)]);
  file.end();
  await done;
  return events;
}

async function writeEvents(
  from: Iterable<ExportLine>,
  to: Writable,
  progress: Progress | null,
): Promise<number> {
  let events = 0;
  for (const { line, isEvent } of from) {
    await write(to, line);
    if (isEvent) events += 1;
    progress?.line.at(events, progress.all);
  }
  progress?.line.end();
  return events;
}
