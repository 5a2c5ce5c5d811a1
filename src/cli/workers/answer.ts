import { shell } from '../../lib/text/shell.ts';
import { type Answered, answerDialog } from '../../workers/commands/answer.ts';
import type { AppContext } from '../../workers/core/context.ts';
import { sessionNamed } from '../../workers/core/named-session.ts';
import type { Call } from '../output/call.ts';

interface Options {
  session: string;
  choice: string;
  text: string | undefined;
}

/** `agentpool answer` */
export async function run(call: Call<Answered>, options: Options, app: AppContext): Promise<undefined> {
  const answered = await answerDialog(app, sessionNamed(app, options.session), {
    choice: options.choice,
    text: options.text ?? null,
  });
  call.print(answered, ({ session_id, question, choice, delivery }) =>
    [
      `${delivery} to ${session_id}: ${choice.number}. ${choice.label}`,
      ...(question ? [`  the question  ${question}`] : []),
      `  see what it does  ${shell`agentpool observe ${session_id} --wait-for any --timeout 60`}`,
    ].join('\n'),
  );
}
