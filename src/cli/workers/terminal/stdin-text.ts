import type { Readable } from 'node:stream';
import { AgentPoolError } from '../../../lib/errors.ts';
import { TEXT_LIMIT, tooLarge } from '../../../workers/core/words/given-text.ts';

/**
 * A task or a message from standard input.
 * @throws TEXT_TOO_LARGE as soon as it is; INVALID_REQUEST for what is not UTF-8.
 */
export async function textOfStdin(stdin: Readable, what: string, example: string): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of stdin) {
    const piece = Buffer.from(chunk as Buffer | string);
    length += piece.length;
    // The rest is not read: it may have no end.
    if (length > TEXT_LIMIT) throw tooLarge(what, null, example);
    chunks.push(piece);
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks));
  } catch (cause) {
    throw new AgentPoolError(
      'INVALID_REQUEST',
      `${what} is not UTF-8. Nothing was done.`,
      { example },
      { cause },
    );
  }
}
