import type { RunnableAgent } from '../../../agents/contract/launch.ts';
import type { Delivery } from '../../../events/catalogue/words.ts';
import type { SessionRow } from '../../../projections/sessions/queries.ts';
import type { InputView } from '../../../terminal/input/input-view.ts';
import { settle, takeOver } from '../../../terminal/input/settle.ts';
import { submitBuffer } from '../../../terminal/input/submit.ts';
import type { Typing } from '../../../terminal/input/typing.ts';
import type { TmuxServer } from '../../../terminal/tmux/server.ts';

/** The pane that a task is typed into. */
export interface TaskPane {
  tmux: TmuxServer;
  session: SessionRow;
  submit: RunnableAgent['submit'];
  view: InputView;
  /** Everything that was sent to the worker, including its task. */
  sent: string;
  recentLines: readonly string[];
  /** Keeps account of how far the task has come; its token is the session's id. */
  typing: Typing;
}

/** Whether the task waits in a tmux buffer for the agent's first prompt, because it was no argument of its start. */
export const isTypedLater = ({ initial_prompt_mode: mode }: SessionRow): boolean =>
  mode !== 'arg' && mode !== 'provider_default';

/** How far the task has come. `takenBack`: it is in the buffer again, and may be typed later. */
export interface Typed {
  delivery: Delivery;
  chars: number;
  reason: string | null;
  takenBack?: boolean;
}

/**
 * Types the task that waits in a tmux buffer. What a watcher that was killed had typed of it is taken back and typed
 * again; what it had submitted is not. If that is not seen, the task is not typed again, and its delivery is
 * `unproven`.
 */
export async function typeTask(pane: TaskPane): Promise<Typed> {
  const { tmux, session, submit, view, sent, recentLines, typing } = pane;
  const begun = await takeOver(tmux, session.tmux_pane, session.id);
  if (begun) {
    const settled = await settle(tmux, session.tmux_pane, begun, submit, view);
    if (settled !== 'left') await begun.forget();
    const chars = sent.length;
    if (settled === 'submitted') return { delivery: 'delivered', chars, reason: null };
    if (settled === 'queued') return { delivery: 'queued', chars, reason: null };
    if (settled === 'left' || settled === 'not_seen')
      return { delivery: 'unproven', chars, reason: `${ENDED}, and ${LEFT[settled]}` };
  }
  const isThere = !begun && bare(recentLines.join('')).includes(bare(sent).slice(-60));
  const isKept = (await tmux.run(['list-buffers', '-F', '#{buffer_name}'])).split('\n').includes(session.id);
  if (isThere || !isKept) return { delivery: 'unproven', chars: sent.length, reason: ENDED };
  return submitBuffer(tmux, session.tmux_pane, session.id, submit, { view, typing });
}

const ENDED = 'the process that typed it was ended';
const LEFT = {
  left: 'its text is left in the input box',
  not_seen: 'where its text is now is not seen',
};

/** Letters and digits only: a terminal draws boxes and spaces where it breaks a text. */
const bare = (text: string): string => text.replace(/[^\p{L}\p{N}]/gu, '');
