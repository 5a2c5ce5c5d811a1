import type { Writable } from 'node:stream';
import { AgentPoolError } from '../../events/errors.ts';
import { redact } from '../../workspace/redaction.ts';
import { paint } from './style.ts';

interface Streams {
  json: boolean;
  stdout: Writable;
  stderr: Writable;
}

/** Prints what went wrong and what to type next; gives the exit code: 2 for the words of the call, else 1. */
export function printError(thrown: unknown, { json, stdout, stderr }: Streams): number {
  const error = thrown instanceof AgentPoolError ? thrown : unexpected(thrown);
  const { code, message, details } = error;
  if (json) {
    stdout.write(`${JSON.stringify({ error: { code, message, details } })}\n`);
  } else {
    const color = paint(stderr);
    stderr.write(`${color.red('error')} ${message}\n`);
    if (details.example) stderr.write(`  try: ${color.bold(details.example)}\n`);
    stderr.write(color.dim(`  ${code}\n`));
  }
  return error.kind === 'usage' ? 2 : 1;
}

/** A fault of ours or of the system: told without a stack, unless AGENTPOOL_DEBUG asks for it. */
function unexpected(thrown: unknown): AgentPoolError {
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  const message = process.env.AGENTPOOL_DEBUG ? (error.stack ?? error.message) : error.message;
  return new AgentPoolError('INTERNAL_ERROR', redact(message), { example: 'agentpool doctor' });
}
