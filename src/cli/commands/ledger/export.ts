import { createWriteStream } from 'node:fs';
import { resolve } from 'node:path';
import type { Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { Command } from 'clipanion';
import Type, { type Static } from 'typebox';
import type { EventStore } from '../../../events/store/store.ts';
import { exportLines } from '../../../events/transfer/transfer.ts';
import { placeFile } from '../../../lib/files/atomic-file.ts';
import { storing } from '../../../lib/files/private-files.ts';
import { count, noted, nullable, text } from '../../../lib/shapes.ts';
import { counted } from '../../../lib/text/counted.ts';
import { workerStream } from '../../../machines/worker/state.ts';
import { write } from '../../../report/text/lines.ts';
import { ProgressLine } from '../../../report/text/progress.ts';
import { isTerminal, paint } from '../../../report/text/style.ts';
import type { AppContext } from '../../../workers/core/context.ts';
import { sessionNamed } from '../../../workers/core/named-session.ts';
import { LedgerCommand } from '../../grammar/ledger-command.ts';
import { argument, flag, workerOption } from '../../grammar/option.ts';

const Exported = Type.Object(
  { file: text, events: count, session: noted(nullable(text), 'Whose events alone, as it was named.') },
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
      The lines are what the log holds, byte for byte, so the hash chain can be verified anywhere: \`agentpool ledger import\` does. With \`--session\` only one worker's events are written: enough for \`agentpool replay --file\`, but not for an import.
    `,
    examples: [
      ['Export to a file', '$0 ledger export history.ndjson'],
      ['Compress the export', '$0 ledger export | gzip > history.ndjson.gz'],
      ["Export one worker's history", '$0 ledger export --session @last one.ndjson'],
    ],
  });
  protected override reconciles = false;

  file = argument('FILE');
  session = workerOption("only this worker's events");
  force = flag('--force', 'replace an existing file');

  async run(app: AppContext): Promise<undefined> {
    const { store } = app.ledger;
    const stream = this.session === undefined ? undefined : workerStream(sessionNamed(app, this.session).id);
    if (this.file === undefined || this.file === '-') {
      await writeEvents(store, stream, this.context.stdout, this.#progress(store));
      return;
    }
    const file = resolve(this.file);
    const events = await storing(file, () =>
      placeFile(file, { existing: this.force ? 'replace' : 'refuse' }, (draft) =>
        writeFile(store, stream, draft, this.#progress(store)),
      ),
    );
    this.print({ file, events, session: this.session ?? null }, () => {
      const sign = paint(this.context.stdout).green('✓');
      return `${sign} ${counted(events, 'event')}: ${file}`;
    });
  }

  /** Shows no progress for one worker's few events, nor if the events go to the terminal themselves. */
  #progress(store: EventStore): Progress | null {
    const { stdout, stderr } = this.context;
    if (this.session !== undefined || (this.file === undefined && isTerminal(stdout))) return null;
    return { line: new ProgressLine(stderr, 'exporting'), all: store.lastPosition() };
  }
}

interface Progress {
  line: ProgressLine;
  all: number;
}

async function writeFile(
  store: EventStore,
  stream: string | undefined,
  draft: string,
  progress: Progress | null,
): Promise<number> {
  const file = createWriteStream(draft, { flags: 'r+' });
  const done = finished(file);
  const events = await Promise.race([writeEvents(store, stream, file, progress), done.then(() => 0)]);
  file.end();
  await done;
  return events;
}

async function writeEvents(
  store: EventStore,
  stream: string | undefined,
  to: Writable,
  progress: Progress | null,
): Promise<number> {
  let events = 0;
  for (const line of exportLines(store.read(stream ? { stream } : {}))) {
    await write(to, line);
    events += 1;
    progress?.line.at(events, progress.all);
  }
  progress?.line.end();
  return events;
}
