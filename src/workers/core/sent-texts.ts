import { workerStream } from '../../machines/worker/state.ts';
import type { SessionRow } from '../../projections/sessions/queries.ts';
import { redact } from '../../workspace/redaction/redaction.ts';
import type { AppContext } from './context.ts';
import { workerPrompt } from './prompt.ts';

/** Everything that was typed into a worker, as its transcript shows it: none of that is the worker speaking. */
export function sentTexts(app: AppContext, session: SessionRow): string {
  const texts: string[] = [];
  for (const event of app.ledger.stream(workerStream(session.id))) {
    if (event.type === 'worker.spawn_requested') {
      const { task, isolation, allowed_files } = event.data;
      texts.push(workerPrompt({ task, isolation, allowedFiles: allowed_files }));
    }
    if (event.type === 'worker.message_sent' || event.type === 'worker.message_drafted')
      texts.push(event.data.text);
  }
  return redact(texts.join('\n'));
}
