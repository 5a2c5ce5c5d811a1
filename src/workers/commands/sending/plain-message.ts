import { plainWords, type TakenWords } from '../../../agents/contract/input-words.ts';
import type { RunnableAgent } from '../../../agents/contract/launch.ts';
import { AgentPoolError } from '../../../lib/errors.ts';
import { shell } from '../../../lib/text/shell.ts';
import type { SessionRow } from '../../../projections/sessions/queries.ts';
import { typeable } from '../../../terminal/input/submit.ts';
import { redact } from '../../../workspace/redaction/redaction.ts';
import type { AppContext } from '../../core/context.ts';

type Box = Pick<RunnableAgent, 'id' | 'takes'>;

/**
 * A message as it is typed, so that its agent reads it as words.
 * @throws TEXT_IS_A_COMMAND where no blank makes it one.
 */
export function asWords({ id, takes }: Box, session: SessionRow, text: string): string {
  const plain = plainWords(typeable(text), takes);
  if ('text' in plain) return plain.text;
  const start = redact(text.trim().split('\n')[0] ?? '').slice(0, 80);
  throw new AgentPoolError(
    'TEXT_IS_A_COMMAND',
    `${id} would ${plain.taken.does}, so the text was not typed: ${JSON.stringify(start)}. Put a word before it; or type it as a command, if that is what you mean.`,
    {
      session_id: session.id,
      example: plain.taken.shell
        ? shell`agentpool send ${session.id} ${`run: ${start}`}`
        : shell`agentpool send ${session.id} --command ${start}`,
    },
  );
}

/** The same for a field that takes one line: what only a whole message would be taken for is words there. */
export function asFieldWords({ takes }: Box, line: string): string {
  const plain = plainWords(
    line,
    takes.filter(({ blank }) => blank !== null),
  );
  return 'text' in plain ? plain.text : line;
}

const SHELL = /^\s*!/;
const isShell = (takes: readonly TakenWords[], text: string): boolean =>
  SHELL.test(text) || takes.some(({ shell: runs, pattern }) => runs === true && pattern.test(text));

/** Whether a model means a command of the agent's own: config.yaml lets it, and the text is one. Never a shell command. */
export const isModelsCommand = ({ actor, config }: AppContext, { takes }: Box, text: string): boolean =>
  actor === 'mcp' &&
  config.policy.allow_agent_commands &&
  !isShell(takes, text) &&
  takes.some(({ command, pattern }) => command === true && pattern.test(typeable(text)));

/**
 * A command of the agent's own, as it is typed: exactly as it was given.
 * @throws SHELL_IN_READ_ONLY
 */
export function asCommand({ id, takes }: Box, session: SessionRow, text: string): string {
  const command = typeable(text);
  if (session.isolation === 'read_only' && isShell(takes, command))
    throw new AgentPoolError(
      'SHELL_IN_READ_ONLY',
      `${session.id} may only read, and ${id} would run this as a shell command outside its sandbox. Nothing was typed.`,
      { session_id: session.id, example: shell`agentpool send ${session.id} "Look at the tests"` },
    );
  return command;
}
