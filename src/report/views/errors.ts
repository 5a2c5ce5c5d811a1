import type { Writable } from 'node:stream';
import Type, { type Static } from 'typebox';
import type { Env } from '../../config/paths.ts';
import { errorKind } from '../../lib/error-codes/index.ts';
import { AgentPoolError, debugTrace } from '../../lib/errors.ts';
import { storageError } from '../../lib/files/private-files.ts';
import { noted, text } from '../../lib/shapes.ts';
import { redactedMessage } from '../../workspace/redaction/redacted-message.ts';
import { redact } from '../../workspace/redaction/redaction.ts';
import { paint } from '../text/style.ts';

/** The --json output for a refusal or a failure. */
export const ErrorReport = Type.Object(
  {
    error: Type.Object({
      code: noted(text, 'A word that stays the same while the message may change: `TMUX_SESSION_NOT_FOUND`.'),
      message: text,
      details: noted(
        Type.Object(
          { example: Type.Optional(noted(text, 'A command that works when pasted.')) },
          { additionalProperties: true },
        ),
        'What it is about, by the code.',
      ),
    }),
  },
  {
    description:
      'In place of the answer of a command that is refused or fails. The exit code is 2 for the words of the call (64 of `run`), else 1.',
  },
);
export type ErrorReport = Static<typeof ErrorReport>;

interface Streams {
  json: boolean;
  stdout: Writable;
  stderr: Writable;
  /** The environment: AGENTPOOL_DEBUG adds the stacks of the error and its causes to stderr. */
  env: Env;
  /** The exit code of a usage error, if it is not 2. */
  usageExit?: number;
}

/** Prints what went wrong and what to type next. Returns the exit code: `usageExit` for a usage error, else 1. */
export function printError(thrown: unknown, { json, stdout, stderr, env, usageExit = 2 }: Streams): number {
  const error = thrown instanceof AgentPoolError ? thrown : unexpected(thrown);
  const { code, message, details } = error;
  const isUsage = errorKind(code) === 'usage';
  if (json) {
    const report: ErrorReport = { error: { code, message, details } };
    stdout.write(`${JSON.stringify(report)}\n`);
  } else {
    const color = paint(stderr);
    stderr.write(`${color.red('error')} ${message}\n`);
    if (typeof details.usage === 'string') stderr.write(`  usage: ${details.usage}\n`);
    if (details.example) stderr.write(`  try: ${color.bold(details.example)}\n`);
    stderr.write(color.dim(isUsage ? `  ${code}\n` : `  more: agentpool help error ${code}\n`));
  }
  stderr.write(redact(debugTrace(thrown, env)));
  if (code === 'INTERRUPTED') return 130;
  return isUsage ? usageExit : 1;
}

/** Turns a file system error into a code of its own. Any other unknown error is a bug in AgentPool. */
function unexpected(thrown: unknown): AgentPoolError {
  const ofDisk = diskError(thrown);
  if (ofDisk) return ofDisk;
  const message = redactedMessage(thrown);
  return new AgentPoolError('INTERNAL_ERROR', message, { example: 'agentpool doctor' }, { cause: thrown });
}

function diskError(thrown: unknown): AgentPoolError | null {
  // The error of a read has no path: a folder can be opened, but not read.
  const { code, syscall, path = 'What was named' } = (thrown ?? {}) as NodeJS.ErrnoException;
  if (syscall === undefined) return null;
  if (code === 'ENOENT') {
    return new AgentPoolError(
      'FILE_NOT_FOUND',
      `There is no ${path}.`,
      { path, example: 'ls -l' },
      { cause: thrown },
    );
  }
  const reported = storageError(thrown, path);
  return reported instanceof AgentPoolError ? reported : null;
}
