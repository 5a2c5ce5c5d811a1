import { shell } from '../../lib/text/shell.ts';
import { checkBox } from '../../report/text/outcome.ts';
import { type Answered, answerDialog } from '../../workers/commands/answer.ts';
import type { AppContext } from '../../workers/core/context.ts';
import { sessionNamed } from '../../workers/core/sessions/named-session.ts';
import type { Call } from '../output/call.ts';

interface Options {
  session: string;
  choice: string | undefined;
  label: string | undefined;
  choices: string[];
  text: string | undefined;
  submit: boolean;
}

/** `agentpool answer` */
export async function run(call: Call<Answered>, options: Options, app: AppContext): Promise<undefined> {
  const answered = await answerDialog(app, sessionNamed(app, options.session), {
    choice: options.choice ?? options.label ?? null,
    expected: options.choice === undefined ? null : (options.label ?? null),
    choices: options.choices.length > 0 ? options.choices : null,
    text: options.text ?? null,
    submit: options.submit,
  });
  call.print(answered, inWords);
}

function inWords({ session_id, question, choices, delivery, submitted, next }: Answered): string {
  const taken = choices.map(({ number, label }) => `${number}. ${label}`);
  const what = [...taken, ...(submitted ? ['submitted'] : [])].join(', ') || 'your text';
  const more = next?.review
    ? `  submit it  ${shell`agentpool answer ${session_id} --submit`}`
    : `  answer it  ${shell`agentpool answer ${session_id} ${next?.multi_select ? '--choices' : '--choice'} 1`}`;
  return [
    `${delivery} to ${session_id}: ${what}`,
    ...(question ? [`  the question  ${question}`] : []),
    ...(next
      ? [
          `  it asks now  ${next.question ?? next.title ?? ''}`,
          ...next.choices.map(
            ({ number, label, checked }) => `    ${number}. ${checkBox(checked)}${label ?? ''}`,
          ),
          more,
        ]
      : [`  see what it does  ${shell`agentpool observe ${session_id} --wait-for any --timeout 60`}`]),
  ].join('\n');
}
