import { AgentPoolError } from '../../lib/errors.ts';
import { shell } from '../../lib/text/shell.ts';
import { observedLines } from '../../report/views/workers/observed.ts';
import { linesSince, transcriptNow } from '../../terminal/transcript/since.ts';
import { describe, type Observed } from '../../workers/commands/observe.ts';
import { type Sent, sendMessage } from '../../workers/commands/sending/send.ts';
import type { Elsewhere } from '../../workers/commands/steering/schema.ts';
import type { AppContext } from '../../workers/core/context.ts';
import { parseDetail } from '../../workers/core/details.ts';
import { sessionNamed } from '../../workers/core/sessions/named-session.ts';
import { sessionHere } from '../../workers/core/sessions/session-here.ts';
import { turnEnds } from '../../workers/sight/wait-for.ts';
import type { Call } from '../output/call.ts';
import { assertWithout, patienceOf } from './elsewhere.ts';
import { wordsForPerson } from './terminal/at-a-terminal.ts';
import { textOfStdin } from './terminal/stdin-text.ts';
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
  const session = sessionHere(app, options.session);
  if (session === null) return sendElsewhere(call, options, app);
  const message = await messageOf(call, options, session.id);
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

/** @throws INVALID_REQUEST */
async function messageOf(call: Call<never>, options: Options, id: string): Promise<string> {
  const example = shell`agentpool send ${id} "migrations first"`;
  const message = options.stdin
    ? await textOfStdin(call.context.stdin, 'The message', example)
    : (options.command ?? options.message);
  if (message === undefined)
    throw new AgentPoolError('INVALID_REQUEST', 'There is no message to send.', { session_id: id, example });
  if (options.command !== undefined && (options.stdin || options.message !== undefined))
    throw new AgentPoolError('INVALID_REQUEST', 'Send a message or a command, not both.', {
      session_id: id,
      example: shell`agentpool send ${id} --command ${options.command}`,
    });
  return message;
}

/** The worker may be on another machine. There, --timeout is the time that the machine has to answer. */
async function sendElsewhere(
  call: Call<Sent & Elsewhere>,
  options: Options,
  app: AppContext,
): Promise<undefined> {
  const { session: words, timeout } = options;
  const text = await messageOf(call, options, words);
  const { steerElsewhere } = await import('../../workers/commands/steering/elsewhere.ts');
  const sent = await steerElsewhere<Sent>(
    app,
    words,
    (session_id) => {
      assertWithout(session_id, { '--force': options.force, '--wait': options.wait });
      return { kind: 'send', session_id, text, command: options.command !== undefined };
    },
    patienceOf(timeout),
  );
  call.print(sent, () => `${deliveryOf(sent)} on ${sent.machine}`);
}

const deliveryOf = ({ session_id, delivery, reason, earlier }: Sent): string =>
  `${delivery} to ${session_id}${reason ? ` (${reason})` : ''}${
    earlier ? `\n  ! the message before it is ${earlier.delivery}: ${earlier.reason}` : ''
  }`;
