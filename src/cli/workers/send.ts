import { text } from 'node:stream/consumers';
import { AgentPoolError } from '../../lib/errors.ts';
import { shell } from '../../lib/text/shell.ts';
import { type Sent, sendMessage } from '../../workers/commands/send.ts';
import type { AppContext } from '../../workers/core/context.ts';
import { sessionNamed } from '../../workers/core/named-session.ts';
import type { Call } from '../output/call.ts';

interface Options {
  session: string;
  message: string | undefined;
  stdin: boolean;
  force: boolean;
}

/** `agentpool send` */
export async function run(call: Call<Sent>, options: Options, app: AppContext): Promise<undefined> {
  const session = sessionNamed(app, options.session);
  const message = options.stdin ? await text(call.context.stdin) : options.message;
  if (message === undefined)
    throw new AgentPoolError('INVALID_REQUEST', 'There is no message to send.', {
      session_id: session.id,
      example: shell`agentpool send ${session.id} "migrations first"`,
    });
  const sent = await sendMessage(app, session, message, { force: options.force });
  call.print(sent, ({ session_id, delivery, reason }) => {
    const next = shell`agentpool observe ${session_id} --wait-for any --timeout 60`;
    return `${delivery} to ${session_id}${reason ? ` (${reason})` : ''}\n  see what it says  ${next}`;
  });
}
