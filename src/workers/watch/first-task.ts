import type { RunnableAgent } from '../../agents/contract/launch.ts';
import type { Delivery } from '../../events/catalogue/words.ts';
import type { SessionRow } from '../../projections/sessions/queries.ts';
import { submitBuffer } from '../../terminal/input/submit.ts';
import type { Tmux } from '../../terminal/tmux/tmux.ts';

/** The pane that a task is typed into. */
export interface TaskPane {
  tmux: Tmux;
  session: SessionRow;
  submit: RunnableAgent['submit'];
  /** Everything that was sent to the worker, including its task. */
  sent: string;
  recentLines: readonly string[];
}

/** Whether the task waits in a tmux buffer for the agent's first prompt, because it was no argument of its start. */
export const isTypedLater = ({ initial_prompt_mode: mode }: SessionRow): boolean =>
  mode !== 'arg' && mode !== 'provider_default';

/**
 * Types the task that waits in a tmux buffer. A watcher that was killed may have typed it without recording that: a
 * task that is already on the screen, or no longer in the buffer, is not typed again, and its delivery is `unproven`.
 */
export async function typeTask(pane: TaskPane): Promise<{ delivery: Delivery; chars: number }> {
  const { tmux, session, submit, sent, recentLines } = pane;
  const isThere = bare(recentLines.join('')).includes(bare(sent).slice(-60));
  const isKept = (await tmux.run(['list-buffers', '-F', '#{buffer_name}'])).split('\n').includes(session.id);
  if (isThere || !isKept) return { delivery: 'unproven', chars: sent.length };
  return submitBuffer(tmux, session.tmux_pane, session.id, submit);
}

/** Letters and digits only: a terminal draws boxes and spaces where it breaks a text. */
const bare = (text: string): string => text.replace(/[^\p{L}\p{N}]/gu, '');
