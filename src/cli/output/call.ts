import type { Readable, Writable } from 'node:stream';
import type { Env } from '../../config/paths.ts';
import { page, pour, type Texts } from '../../report/text/pager.ts';
import { plainLines } from '../../report/text/plain.ts';

/** The streams and the environment of a command. */
export interface Surroundings {
  env: Env;
  stdin: Readable;
  stdout: Writable;
  stderr: Writable;
}

/** The format of an answer and its destination. */
export interface Manner {
  readonly json: boolean;
  /** Whether --plain is given: one figure or record per line. */
  readonly plain: boolean;
  /** Whether an answer longer than the terminal goes through the pager. */
  readonly pager: boolean;
  readonly context: Surroundings;
}

/** A running command, independent of the parser of its words. */
export interface Call<Report> extends Manner {
  /** Prints the value: as JSON with --json, else the text of `human`. */
  print<T extends Report>(value: T, human: (value: T) => string): void;
  /** Prints a value that can be long: as JSON, as the lines of --plain, or as text through the pager. */
  show<T extends Report>(
    value: T,
    human: (value: T) => string,
    plainly?: (value: T) => string[],
  ): Promise<void>;
}

/** The text of a short answer. */
export const answerText = <T>(json: boolean, value: T, human: (value: T) => string): string =>
  whole(json ? JSON.stringify(value) : human(value));

/** Prints an answer that can be long. */
export async function showAnswer<T>(
  manner: Manner,
  value: T,
  human: (value: T) => string,
  plainly: (value: T) => string[] = plainLines,
): Promise<void> {
  if (manner.json) manner.context.stdout.write(answerText(true, value, human));
  else await pageTexts(manner, manner.plain ? plainly(value).map(whole) : [whole(human(value))]);
}

/** Prints texts as they arrive, page by page on a terminal. */
export function pageTexts({ pager, json, context: { stdout, env } }: Manner, texts: Texts): Promise<void> {
  return pager && !json ? page(texts, stdout, env) : pour(texts, stdout);
}

const whole = (text: string) => `${text.replace(/\n$/, '')}\n`;
