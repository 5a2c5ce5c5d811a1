import { AgentPoolError } from '../../lib/errors.ts';
import { shell } from '../../lib/text/shell.ts';
import { observedLines } from '../../report/views/workers/observed.ts';
import { linesSince, transcriptNow } from '../../terminal/transcript/since.ts';
import { describe, type Observed } from '../../workers/commands/observe.ts';
import { type Sent, sendMessage } from '../../workers/commands/send.ts';
import type { AppContext } from '../../workers/core/context.ts';
import { parseDetail } from '../../workers/core/details.ts';
import { sessionNamed } from '../../workers/core/sessions/named-session.ts';
import { turnEnds } from '../../workers/sight/wait-for.ts';
import type { Call } from '../output/call.ts';
import { wordsForPerson } from './at-a-terminal.ts';
import { textOfStdin } from './stdin-text.ts';
import { onInterrupt, waitExit, waitInView } from './wait-in-view.ts';

interface Options {
  session: string;
  message: string | undefined;
  stdin: boolean;
  command: string | undefined;
  force: boolean;
  wait: boolean;
  timeout: number | undefined;
  detail: string;
}

/** `agentpool send`. With --wait, returns 124 after a timeout, and 130 after Ctrl-C. */
export async function run(
  call: Call<Sent & { observation?: Observed }>,
  options: Options,
  app: AppContext,
): Promise<number | undefined> {
  const session = sessionNamed(app, options.session);
  const example = shell`agentpool send ${session.id} "migrations first"`;
  const message = options.stdin
    ? await textOfStdin(call.context.stdin, 'The message', example)
    : (options.command ?? options.message);
  if (message === undefined)
    throw new AgentPoolError('INVALID_REQUEST', 'There is no message to send.', {
      session_id: session.id,
      example,
    });
  if (options.command !== undefined && (options.stdin || options.message !== undefined))
    throw new AgentPoolError('INVALID_REQUEST', 'Send a message or a command, not both.', {
      session_id: session.id,
      example: shell`agentpool send ${session.id} --command ${options.command}`,
    });
  const command = options.command !== undefined;
  const detail = parseDetail(options.detail);
  const waits = options.wait || options.timeout !== undefined;
  // From here on, Ctrl-C ends the wait: the message is on its way.
  const interrupt = waits ? onInterrupt() : undefined;
  const before = transcriptNow(session.transcript_path);
  const sent = await sendMessage(app, session, message, { force: options.force, command });
  if (interrupt === undefined) {
    const next = shell`agentpool observe ${session.id} --wait-for any --timeout 60`;
    call.print(sent, () => `${deliveryOf(sent)}\n  see what it says  ${next}`);
    return undefined;
  }
  if (!call.json) call.context.stderr.write(`${deliveryOf(sent)}\n`);
  const seconds = options.timeout ?? Number.POSITIVE_INFINITY;
  const waiting = { awaited: turnEnds(), seconds, interrupt };
  const { seen, interrupted } = await waitInView(call, app, sessionNamed(app, session.id), waiting);
  interrupt.forget();
  if (call.json || !interrupted) {
    const now = sessionNamed(app, session.id);
    const observation = describe(now, seen, { detail, maxLines: null });
    const words = await wordsForPerson(call, app, now, linesSince(now.transcript_path, before));
    call.print({ ...sent, observation }, () =>
      observedLines(observation, now, call.context.stdout, words).join('\n'),
    );
  }
  return waitExit(seen, interrupted);
}

const deliveryOf = ({ session_id, delivery, reason, earlier }: Sent): string =>
  `${delivery} to ${session_id}${reason ? ` (${reason})` : ''}${
    earlier ? `\n  ! the message before it is ${earlier.delivery}: ${earlier.reason}` : ''
  }`;
