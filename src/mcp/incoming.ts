import { isRecord, jsonIn, quoted } from './arguments/kinds.ts';

/** JSON-RPC's codes for a message that is no valid request, and for parameters that are wrong. */
export const INVALID_REQUEST = -32600;
export const INVALID_PARAMS = -32602;

export interface RpcRefusal {
  jsonrpc: '2.0';
  id: string | number;
  error: { code: number; message: string };
}

/** What a client has sent as the protocol writes it; or the answer to a request that cannot be meant as one. */
export type Incoming = { message: unknown } | { refusal: RpcRefusal };

/**
 * Reads a message of a client before the SDK does, which drops or refuses what many clients send: null for what is left
 * out (serializers of other languages write every field), `[]` for an empty object (PHP), and arguments as JSON text.
 * A request that nothing can be made of gets an answer that names the field: the SDK would leave it without one.
 */
export function readMessage(message: unknown): Incoming {
  if (!isRecord(message) || typeof message.method !== 'string') return { message };
  const { id, method, params } = message;
  const refuse = (code: number, text: string): Incoming =>
    typeof id === 'string' || typeof id === 'number'
      ? { refusal: { jsonrpc: '2.0', id, error: { code, message: text } } }
      : { message };
  if (message.jsonrpc !== '2.0')
    return refuse(INVALID_REQUEST, `jsonrpc takes "2.0", not ${quoted(message.jsonrpc)}.`);
  // The SDK drops a message with any other key.
  const envelope = { jsonrpc: '2.0', ...(id === undefined ? {} : { id }), method };
  const isCall = method === 'tools/call';
  const given = objectIn(params);
  if (given === null)
    return refuse(INVALID_REQUEST, `params of ${method} takes an object, not ${quoted(params)}.`);
  if (given === undefined && !isCall) return { message: envelope };
  const { arguments: args, ...others } = given ?? {};
  const fields = withoutNulls(others) as Record<string, unknown>;
  if (method === 'initialize') fields.capabilities ??= {};
  if (isCall && (typeof fields.name !== 'string' || fields.name === ''))
    return refuse(
      INVALID_PARAMS,
      `name of ${method} takes the name of a tool, for example "get_usage_summary", not ${quoted(fields.name)}.`,
    );
  const read = objectIn(args);
  if (read === null)
    return refuse(
      INVALID_PARAMS,
      `arguments of ${method} takes an object, for example {"session_id": "@last"}, not ${quoted(args)}.`,
    );
  // A null in the arguments of a tool is read by the tool's parameters: it may be part of an object of the caller.
  const value = read === undefined || isCall ? read : textsIn(read);
  return {
    message: { ...envelope, params: { ...fields, ...(value === undefined ? {} : { arguments: value }) } },
  };
}

/** undefined: left out. null: it cannot be meant as an object. */
function objectIn(given: unknown): Record<string, unknown> | undefined | null {
  if (given === undefined || given === null) return undefined;
  if (Array.isArray(given)) return given.length === 0 ? undefined : null;
  if (isRecord(given)) return given;
  if (typeof given !== 'string') return null;
  if (given.trim() === '') return undefined;
  const value = jsonIn(given);
  return value === undefined || typeof value === 'string' ? null : objectIn(value);
}

function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (!isRecord(value)) return value;
  const kept = Object.entries(value).filter(([, each]) => each !== null);
  return Object.fromEntries(kept.map(([key, each]) => [key, withoutNulls(each)]));
}

/** The arguments of a prompt are texts. */
const textsIn = (args: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(args)
      .filter(([, value]) => value !== null)
      .map(([key, value]) => [
        key,
        typeof value === 'number' || typeof value === 'boolean' ? String(value) : value,
      ]),
  );

/** The same for one line of a client over stdio. */
export function readLine(line: Buffer): { line: Buffer } | { refusal: string } {
  const message = jsonIn(line.toString());
  // What is no JSON is for the SDK to report; a batch is no longer part of the protocol.
  if (!isRecord(message)) return { line };
  const read = readMessage(message);
  if ('refusal' in read) return { refusal: JSON.stringify(read.refusal) };
  return { line: Buffer.from(`${JSON.stringify(read.message)}\n`) };
}
