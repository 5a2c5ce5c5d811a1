import { debugTrace } from '../../../lib/errors.ts';
import { monotonic } from '../../../lib/time/monotonic.ts';
import { redactedMessage } from '../../../workspace/redaction/redacted-message.ts';
import { redact } from '../../../workspace/redaction/redaction.ts';
import type { AppContext } from '../../core/context.ts';

/** The same line is logged again only after so many milliseconds: a full disk would be filled by its own faults. */
const REPEAT_MS = 60_000;

/** The watcher's own log. No method throws: it may be on a full disk, and that must not end the watching. */
export class WatcherLog {
  readonly #env: AppContext['env'];
  readonly #print: (line: string) => void;
  /** When each fault was logged last. */
  readonly #faults = new Map<string, number>();

  constructor(env: AppContext['env'], print: (line: string) => void) {
    this.#env = env;
    this.#print = print;
  }

  readonly line = (line: string): void => {
    try {
      this.#print(line);
    } catch {}
  };

  readonly fault = (what: string, error: unknown): void => {
    const line = `${what}: ${redactedMessage(error)}`;
    const now = monotonic();
    if (now - (this.#faults.get(line) ?? Number.NEGATIVE_INFINITY) < REPEAT_MS) return;
    for (const [other, at] of this.#faults) if (now - at >= REPEAT_MS) this.#faults.delete(other);
    this.#faults.set(line, now);
    this.line(line);
    const trace = redact(debugTrace(error, this.#env));
    if (trace) this.line(trace.trimEnd());
  };
}
