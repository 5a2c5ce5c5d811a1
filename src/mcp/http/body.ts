import type { IncomingMessage, ServerResponse } from 'node:http';
import { bytes } from '../../lib/text/bytes.ts';
import { jsonIn } from '../arguments/kinds.ts';
import { MAX_MESSAGE_BYTES } from '../bounded-lines.ts';
import { readMessage } from '../incoming.ts';
import { refuse } from './refuse.ts';

const PARSE_ERROR = -32700;

/**
 * The message in the body of a request, as the protocol writes it. undefined: the request has been answered, because
 * its body is too large, no JSON, or a message that nothing can be made of.
 */
export async function readBody(request: IncomingMessage, response: ServerResponse): Promise<unknown> {
  const pieces: Buffer[] = [];
  let length = 0;
  for await (const piece of request) {
    length += (piece as Buffer).length;
    if (length > MAX_MESSAGE_BYTES) {
      const message = `The message has more than ${bytes(MAX_MESSAGE_BYTES)} and was not read.`;
      return void refuse(response, { status: 413, message });
    }
    pieces.push(piece as Buffer);
  }
  const body = jsonIn(Buffer.concat(pieces).toString());
  if (body === undefined)
    return void refuse(response, { status: 400, message: 'The body is no JSON.' }, PARSE_ERROR);
  if (Array.isArray(body)) return body.map(inBatch);
  const read = readMessage(body);
  if ('message' in read) return read.message;
  response.writeHead(400, { 'Content-Type': 'application/json' }).end(JSON.stringify(read.refusal));
  return undefined;
}

/** A message of a batch that is refused stays as it is: the SDK refuses the batch. */
function inBatch(message: unknown): unknown {
  const read = readMessage(message);
  return 'message' in read ? read.message : message;
}
