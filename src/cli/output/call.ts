import type { Readable, Writable } from 'node:stream';
import type { Env } from '../../config/paths.ts';
import { page, pour, type Texts } from '../../report/text/pager.ts';
import { plainLines } from '../../report/text/plain.ts';

/** What a command reads, writes and knows of its surroundings. */
export interface Surroundings {
  env: Env;
  stdin: Readable;
  stdout: Writable;
  stderr: Writable;
}

/** How an answer was asked for, and where it goes. */
export interface Manner {
  readonly json: boolean;
  /** Whether one figure or record per line was asked for. */
  readonly plain: boolean;
  /** Whether an answer longer than the terminal goes through the pager. */
  readonly pager: boolean;
  readonly context: Surroundings;
}

/** A command that runs, whichever way its words were read. */
export interface Call<Report> extends Manner {
  /** Prints the value: as JSON if --json asks for it, else in the words of `human`. */
  print<T extends Report>(value: T, human: (value: T) => string): void;
  /** Prints what may be long: as JSON, as the lines of --plain, or in words through the pager. */
  show<T extends Report>(
    value: T,
    human: (value: T) => string,
    plainly?: (value: T) => string[],
  ): Promise<void>;
}

/** The text of an answer that is short. */
export const answerText = <T>(json: boolean, value: T, human: (value: T) => string): string =>
  whole(json ? JSON.stringify(value) : human(value));

/** Prints an answer that may be long. */
export async function showAnswer<T>(
  manner: Manner,
  value: T,
  human: (value: T) => string,
  plainly: (value: T) => string[] = plainLines,
): Promise<void> {
  if (manner.json) manner.context.stdout.write(answerText(true, value, human));
  else await pageTexts(manner, manner.plain ? plainly(value).map(whole) : [whole(human(value))]);
}

/** Prints texts as they come, page by page where a person reads. */
export function pageTexts({ pager, json, context: { stdout, env } }: Manner, texts: Texts): Promise<void> {
  return pager && !json ? page(texts, stdout, env) : pour(texts, stdout);
}

const whole = (text: string) => `${text.replace(/\n$/, '')}\n`;
