import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { until } from '../../lib/testing/until.ts';
import type { Agent, Home } from './home.ts';

/** What a worker of `witnessAgent` was started with, and the messages that it got. */
export interface Witnessed {
  cwd: string;
  argv: string[];
  env: Record<string, string>;
  texts: string[];
}

/** A worker that writes down what it was started with, to the file of a `Witness`. */
export const witnessAgent: Agent = { id: 'witness', program: 'fake-witness' };

let made = 0;

/** The file of one worker of `witnessAgent`. */
export class Witness {
  readonly #file: string;
  /** The variables that its spawn needs. */
  readonly env: { FAKE_WITNESS: string };

  constructor(home: Home) {
    this.#file = join(home.ground, `witness-${made++}`);
    this.env = { FAKE_WITNESS: this.#file };
  }

  /** Waits until the worker was started and has got `messages` messages. */
  seen(messages = 0): Promise<Witnessed> {
    return until('what the worker has seen', () => {
      const [start, ...texts] = existsSync(this.#file)
        ? readFileSync(this.#file, 'utf8').split('\n').slice(0, -1)
        : [];
      if (start === undefined || texts.length < messages) return undefined;
      return { ...JSON.parse(start), texts: texts.map((line) => JSON.parse(line).text) } as Witnessed;
    });
  }
}
