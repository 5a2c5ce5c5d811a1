import { type ChildSpec, type Finished, runToEnd } from '../../../lib/process/child.ts';
import { failure, type SourceContext, type UsageFailure } from './reading.ts';
import { quoted } from './scrub.ts';

export interface Program {
  /** The command and its first words: `['gh', 'copilot', '--']`. */
  program: readonly string[];
  args: readonly string[];
  /** Variables to set; undefined takes one away. */
  env?: Readonly<Record<string, string | undefined>>;
}

export interface ProgramDialogue extends Program {
  say: string;
  /** It reads its input to the end before it answers. */
  endsInput?: true;
  /** Asked after every chunk, with everything printed so far. */
  done(printed: string): boolean;
}

/**
 * Says something to a program, keeps its input open until the answer is there, and ends it. Agents quit at the
 * end of their input, some before they have answered, which is why the input is not closed first.
 */
export async function converse(
  context: SourceContext,
  talk: ProgramDialogue,
): Promise<{ printed: string; failure: UsageFailure | null }> {
  const child = context.start(spec(context, talk));
  const stop = (): void => void child.stop();
  context.signal.addEventListener('abort', stop, { once: true });
  if (context.signal.aborted) stop();
  try {
    child.write(talk.say);
    if (talk.endsInput) child.end();
    let printed = '';
    for await (const chunk of child.output()) {
      printed += chunk;
      // Only a chunk that ends a line can complete an answer: a long one is not parsed over and over.
      if (chunk.includes('\n') && talk.done(printed)) return { printed, failure: null };
    }
    if (context.signal.aborted)
      return { printed, failure: failure('timed_out', 'no answer before the deadline') };
    if (child.overflowed())
      return { printed, failure: failure('unreadable', 'the answer is larger than 16 MiB') };
    const exit = await child.exited;
    if (exit.error !== null)
      return { printed, failure: failure('failed', `could not be started${quoted(exit.error)}`) };
    if (talk.done(printed)) return { printed, failure: null };
    const words = child.stderr().trim().split('\n').at(-1) ?? '';
    const how = exit.code === null ? `ended by ${exit.signal}` : `ended with code ${exit.code}`;
    return {
      printed,
      failure: failure('failed', `${how} without an answer${quoted(words)}`),
    };
  } finally {
    context.signal.removeEventListener('abort', stop);
    await child.stop();
  }
}

/** Runs a program that needs no question, to its end or to the deadline. */
export function run(context: SourceContext, program: Program): Promise<Finished> {
  return runToEnd(spec(context, program), context.signal);
}

function spec(context: SourceContext, { program, args, env }: Program): ChildSpec {
  const [command = '', ...first] = program;
  return { command, args: [...first, ...args], env: { ...context.env, ...env }, cwd: context.workdir };
}
