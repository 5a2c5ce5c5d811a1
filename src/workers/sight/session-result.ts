import { statSync } from 'node:fs';
import { agentSessionId, type RunnableAgent } from '../../agents/contract/launch.ts';
import { saidWith } from '../../agents/contract/session-words.ts';
import type { SessionRow } from '../../projections/sessions/queries.ts';
import type { WorkerResult } from '../../terminal/transcript/result-block.ts';
import { findResult, resultEnd } from '../../terminal/transcript/result-marker.ts';
import { redact } from '../../workspace/redaction/redaction.ts';
import { type AppContext, placeOfWorker } from '../core/context.ts';

/**
 * Reads a worker's results in the file that its agent keeps of its session, redacted: a screen that is drawn by its
 * program holds only the end of a long one. Only what the agent itself said counts, and only with the word of the session.
 */
export class SessionResult {
  readonly #app: AppContext;
  readonly #session: SessionRow;
  #path: string | null = null;
  #state = '';
  #result: WorkerResult | null = null;

  constructor(app: AppContext, session: SessionRow) {
    this.#app = app;
    this.#session = session;
  }

  /** The last one; null where there is none, or where the agent's file cannot be read. */
  read(
    { words }: Pick<RunnableAgent, 'words'>,
    sent: { word: string | null; ignore: string },
  ): WorkerResult | null {
    const { word, ignore } = sent;
    if (!words || word === null) return null;
    try {
      this.#path ??= words.find({
        session: this.#session.conversation_id ?? agentSessionId(this.#session.id, this.#session.run),
        word,
        since: new Date(this.#session.created_at),
        place: placeOfWorker(this.#app, this.#session),
      });
      if (this.#path === null) return null;
      const { size, mtimeMs } = statSync(this.#path);
      const state = `${size} ${mtimeMs}`;
      if (state === this.#state) return this.#result;
      this.#result = null;
      for (const text of saidWith(resultEnd(word), this.#path, words)) {
        this.#result = findResult(redact(text).split('\n'), { word, ignore });
        if (this.#result) break;
      }
      this.#state = state;
      return this.#result;
    } catch {
      return null;
    }
  }
}
