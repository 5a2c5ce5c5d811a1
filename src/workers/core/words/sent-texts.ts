import { readFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import type { LedgerEvent } from '../../../events/catalogue/index.ts';
import { workerStream } from '../../../machines/worker/state.ts';
import type { SessionRow } from '../../../projections/sessions/queries.ts';
import { artifactPaths } from '../../../workspace/artifacts.ts';
import { redact } from '../../../workspace/redaction/redaction.ts';
import type { AppContext } from '../context.ts';
import { workerPrompt } from './prompt.ts';

/** Everything that was typed into a worker, as its transcript shows it; none of it is the worker's own text. */
export class SentTexts {
  readonly #texts: string[] = [];
  #redacted: string | null = null;
  #bare: string | null = null;
  #resultWord: string | null = null;

  /** The word of the worker's result markers; null for one that was started before there were words. */
  get resultWord(): string | null {
    return this.#resultWord;
  }

  add(event: LedgerEvent): void {
    if (event.type === 'worker.spawn_requested') this.#resultWord = event.data.result_word ?? null;
    // A new conversation has markers of its own.
    if (event.type === 'worker.resume_requested') this.#resultWord = event.data.result_word;
    const text = sentText(event);
    if (text === null) return;
    this.#texts.push(text);
    this.#redacted = null;
    this.#bare = null;
  }

  /** The letters and digits of the last of it: what a screen can repeat. */
  get bare(): string {
    this.#bare ??= lettersAndDigits(this.toString().slice(-MOST_SHOWN));
    return this.#bare;
  }

  toString(): string {
    this.#redacted ??= redact(this.#texts.join('\n'));
    return this.#redacted;
  }
}

/** Characters that fit on any screen. */
const MOST_SHOWN = 20_000;

/** Letters and digits only: a terminal draws boxes and breaks a text anywhere. */
export const lettersAndDigits = (text: string): string => text.replace(/[^\p{L}\p{N}]/gu, '');

function sentText(event: LedgerEvent): string | null {
  switch (event.type) {
    case 'worker.spawn_requested': {
      const { task, isolation, allowed_files, result_word, predecessor, artifact_dir } = event.data;
      return workerPrompt({
        task,
        isolation,
        allowedFiles: allowed_files,
        resultWord: result_word ?? null,
        brief: predecessor === undefined ? null : keptBrief(artifact_dir),
      });
    }
    case 'worker.resume_requested':
    case 'worker.message_sent':
    case 'worker.message_drafted':
      return event.data.text;
    default:
      return null;
  }
}

/** The brief that a worker was given, which no event has; null if its file is gone. */
function keptBrief(artifactDir: string): string | null {
  try {
    return readFileSync(artifactPaths(dirname(artifactDir), basename(artifactDir)).handoff, 'utf8');
  } catch {
    return null;
  }
}

/** The same for a single reading of a worker: reads its whole stream. */
export function sentTexts(app: AppContext, session: SessionRow): SentTexts {
  const sent = new SentTexts();
  for (const event of app.ledger.stream(workerStream(session.id))) sent.add(event);
  return sent;
}
