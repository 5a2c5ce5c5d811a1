import { AgentPoolError } from '../../lib/errors.ts';
import { shell } from '../../lib/text/shell.ts';
import { type Sent, sendMessage } from '../../workers/commands/send.ts';
import type { AppContext } from '../../workers/core/context.ts';
import { sessionNamed } from '../../workers/core/named-session.ts';
import type { Call } from '../output/call.ts';
import { textOfStdin } from './stdin-text.ts';

interface Options {
  session: string;
  message: string | undefined;
  stdin: boolean;
  command: string | undefined;
  force: boolean;
}

/** `agentpool send` */
export async function run(call: Call<Sent>, options: Options, app: AppContext): Promise<undefined> {
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
  const sent = await sendMessage(app, session, message, { force: options.force, command });
  call.print(sent, ({ session_id, delivery, reason, earlier }) => {
    const next = shell`agentpool observe ${session_id} --wait-for any --timeout 60`;
    return `${delivery} to ${session_id}${reason ? ` (${reason})` : ''}${
      earlier ? `\n  ! the message before it is ${earlier.delivery}: ${earlier.reason}` : ''
    }\n  see what it says  ${next}`;
  });
}
