import type { LedgerEvent } from '../../events/catalogue/index.ts';
import { workerStream } from '../../machines/worker/state.ts';
import type { SessionRow } from '../../projections/sessions/queries.ts';
import { redact } from '../../workspace/redaction/redaction.ts';
import type { AppContext } from './context.ts';
import { workerPrompt } from './prompt.ts';

/** Everything that was typed into a worker, as its transcript shows it; none of it is the worker's own text. */
export class SentTexts {
  readonly #texts: string[] = [];
  #redacted: string | null = null;

  add(event: LedgerEvent): void {
    const text = sentText(event);
    if (text === null) return;
    this.#texts.push(text);
    this.#redacted = null;
  }

  toString(): string {
    this.#redacted ??= redact(this.#texts.join('\n'));
    return this.#redacted;
  }
}

function sentText(event: LedgerEvent): string | null {
  switch (event.type) {
    case 'worker.spawn_requested': {
      const { task, isolation, allowed_files } = event.data;
      return workerPrompt({ task, isolation, allowedFiles: allowed_files });
    }
    case 'worker.message_sent':
    case 'worker.message_drafted':
      return event.data.text;
    default:
      return null;
  }
}

/** The same for a single reading of a worker: reads its whole stream. */
export function sentTexts(app: AppContext, session: SessionRow): string {
  const sent = new SentTexts();
  for (const event of app.ledger.stream(workerStream(session.id))) sent.add(event);
  return sent.toString();
}
