import { shell } from '../../lib/text/shell.ts';
import { checkBox } from '../../report/text/outcome.ts';
import { type Answered, type AnswerRequest, answerDialog } from '../../workers/commands/answering/answer.ts';
import type { Elsewhere } from '../../workers/commands/steering/schema.ts';
import type { AppContext } from '../../workers/core/context.ts';
import { sessionHere } from '../../workers/core/sessions/session-here.ts';
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
export async function run(
  call: Call<Answered & Partial<Elsewhere>>,
  options: Options,
  app: AppContext,
): Promise<undefined> {
  const request = {
    choice: options.choice ?? options.label ?? null,
    expected: options.choice === undefined ? null : (options.label ?? null),
    choices: options.choices.length > 0 ? options.choices : null,
    text: options.text ?? null,
    submit: options.submit,
  };
  const session = sessionHere(app, options.session);
  call.print(
    session === null
      ? await answerElsewhere(app, options.session, request)
      : await answerDialog(app, session, request),
    inWords,
  );
}

async function answerElsewhere(
  app: AppContext,
  words: string,
  { expected = null, choices = null, submit = false, choice, text }: AnswerRequest,
): Promise<Answered & Elsewhere> {
  const { steerElsewhere } = await import('../../workers/commands/steering/elsewhere.ts');
  return steerElsewhere(app, words, (session_id) => ({
    kind: 'answer',
    session_id,
    ...{ choice, expected, text, submit },
    choices: choices && [...choices],
  }));
}

function inWords({
  session_id,
  question,
  choices,
  delivery,
  submitted,
  next,
  machine,
}: Answered & Partial<Elsewhere>): string {
  const taken = choices.map(({ number, label }) => `${number}. ${label}`);
  const what = [...taken, ...(submitted ? ['submitted'] : [])].join(', ') || 'your text';
  const more = next?.review
    ? `  submit it  ${shell`agentpool answer ${session_id} --submit`}`
    : `  answer it  ${shell`agentpool answer ${session_id} ${next?.multi_select ? '--choices' : '--choice'} 1`}`;
  return [
    `${delivery} to ${session_id}${machine === undefined ? '' : ` on ${machine}`}: ${what}`,
    ...(question ? [`  the question  ${question}`] : []),
    ...(next
      ? [
          `  it asks now  ${next.question ?? next.title ?? ''}`,
          ...next.choices.map(
            ({ number, label, checked }) => `    ${number}. ${checkBox(checked)}${label ?? ''}`,
          ),
          more,
        ]
      : machine === undefined
        ? [`  see what it does  ${shell`agentpool observe ${session_id} --wait-for any --timeout 60`}`]
        : []),
  ].join('\n');
}
