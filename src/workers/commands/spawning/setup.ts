import { AgentPoolError } from '../../../lib/errors.ts';
import { writePrivateFile } from '../../../lib/files/atomic-file.ts';
import { type Finished, runToEnd } from '../../../lib/process/child.ts';
import { stripControl } from '../../../lib/text/plain-text.ts';
import { redact } from '../../../workspace/redaction/redaction.ts';

export interface Setup {
  /** Lines for the shell of the user's own: from config.yaml or the command line, never from a repository. */
  commands: readonly string[];
  cwd: string;
  env: Record<string, string>;
  timeoutMs: number;
  /** Where their output is kept, redacted. */
  output: string;
  /** Whether another process has ended the worker that the worktree is for. Never throws. */
  isOver: () => boolean;
}

/**
 * How often to ask that while a command runs, in milliseconds. What ends a worker also ends its setup command, but not
 * one that starts a moment later.
 */
const LOOK_MS = 500;

/** How many lines of the output an error quotes. */
const QUOTED = 10;

/**
 * Runs the commands that prepare a worktree, one after the other, within one time limit. None of their processes is left
 * when it returns. Ctrl-C ends them too, and the end of their worker. Throws SETUP_FAILED with the last lines of the
 * output, INTERRUPTED.
 */
export async function runSetup({ commands, cwd, env, timeoutMs, output, isOver }: Setup): Promise<void> {
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(), timeoutMs);
  const look = setInterval(() => isOver() && limit.abort(), LOOK_MS);
  let interrupted = false;
  const interrupt = () => {
    interrupted = true;
    limit.abort();
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const signal of signals) process.on(signal, interrupt);
  let printed = '';
  try {
    for (const command of commands) {
      // The shell puts both outputs into one, in the order in which they were printed.
      const words = ['-c', `exec 2>&1\n${command}`];
      const ended = await runToEnd({ command: '/bin/sh', args: words, cwd, env }, limit.signal);
      printed += `$ ${command}\n${ended.stdout.replace(/\n?$/, '\n')}`;
      await writePrivateFile(output, redact(stripControl(printed)));
      if (interrupted) throw interruption(command);
      const fault = faultOf(ended, timeoutMs);
      if (fault !== null) throw failed(command, fault, { printed: ended.stdout, output, ended });
    }
  } finally {
    clearTimeout(timer);
    clearInterval(look);
    for (const signal of signals) process.off(signal, interrupt);
  }
}

function faultOf(ended: Finished, timeoutMs: number): string | null {
  if (ended.timed_out) return `did not end within ${timeoutMs / 1000} seconds`;
  if (ended.overflowed) return 'printed too much';
  if (ended.error !== null) return `could not be started: ${ended.error}`;
  if (ended.signal !== null) return `was ended by ${ended.signal}`;
  return ended.code === 0 ? null : `ended with exit code ${ended.code}`;
}

function failed(
  command: string,
  fault: string,
  { printed, output, ended }: { printed: string; output: string; ended: Finished },
): AgentPoolError {
  const lines = redact(stripControl(printed)).trimEnd().split('\n').slice(-QUOTED);
  const shownCommand = redact(command);
  const last = lines.join('\n').trim();
  const message = `The setup command ${shownCommand} ${fault}. The worker was not started, and its worktree was removed.${last ? ` It printed:\n${last}` : ''}`;
  return new AgentPoolError('SETUP_FAILED', message, {
    command: shownCommand,
    exit_code: ended.code,
    timed_out: ended.timed_out,
    output,
    example: 'agentpool config print workspace',
  });
}

const interruption = (command: string) =>
  new AgentPoolError(
    'INTERRUPTED',
    `Interrupted during the setup command ${redact(command)}: the worker was not started, and its worktree was removed.`,
    { example: 'agentpool sessions' },
  );
