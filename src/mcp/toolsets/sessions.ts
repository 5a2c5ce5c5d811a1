import { didYouMean } from '../../config/suggest.ts';
import { workerStates } from '../../events/catalogue/words.ts';
import { AgentPoolError } from '../../events/errors.ts';
import { listSessions, type SessionRow } from '../../projections/session-queries.ts';
import type { Stay } from '../../projections/session-schema.ts';
import type { House } from '../../workers/house.ts';
import { sessionNamed } from '../../workers/named-session.ts';
import { pageOf } from '../../workers/session-list.ts';
import { count, flag, maybeCount, maybeText, wordOrWords, words } from '../parameters.ts';
import { acting, reading, tool } from '../tool.ts';
import { toldSession } from '../untrusted.ts';
import { session_id } from './steering.ts';

const steer = () => import('../../workers/steer.ts');

/** Looking up workers, and the rarer ways to reach one. */
export const sessionTools = [
  tool({
    name: 'list_sessions',
    description: 'Workers, the newest first: those of this server, or of everybody with include_all.',
    params: {
      state: wordOrWords(`one or several of ${workerStates.join(', ')}`),
      provider_id: maybeText('of one provider only'),
      include_all: flag(false, 'of every coordinator'),
      limit: maybeCount('null is 50', 50),
      offset: count(0),
    },
    output: { sessions: 'array', pagination: 'object', scope: 'object' },
    annotations: reading,
    run: (house, given) => {
      const state = statesOf(given.state);
      const page = { limit: given.limit ?? 50, offset: given.offset };
      const { sessions, total } = listSessions(house.ledger, {
        coordinator: given.include_all ? null : house.coordinator,
        ...(state ? { state } : {}),
        ...(given.provider_id === null ? {} : { provider: given.provider_id }),
        ...page,
      });
      return {
        sessions: sessions.map(toldSession),
        pagination: pageOf(sessions.length, total, page),
        scope: { coordinator_id: house.coordinator, current_coordinator_only: !given.include_all },
      };
    },
  }),
  tool({
    name: 'get_session',
    description: 'One worker: what it was asked, where it runs, how long it was in which state.',
    params: { session_id },
    output: { session: 'object', timeline: 'array' },
    annotations: reading,
    run: async (house, given) => {
      const row = sessionNamed(house, given.session_id);
      return { session: toldSession(row), timeline: await staysOf(house, row) };
    },
  }),
  tool({
    name: 'attach_info',
    description:
      "The command with which your user opens a worker's terminal. Show it to them; do not run it.",
    params: { session_id },
    output: { session_id: 'string', can_attach: 'boolean', attach_command: 'string' },
    annotations: reading,
    run: async (house, given) => (await steer()).attachInfo(house, sessionNamed(house, given.session_id)),
  }),
  tool({
    name: 'send_worker_keys',
    description:
      "Press raw keys in a worker's terminal, by tmux's names (Enter, Escape, C-c). Off unless policy.allow_raw_keys; use answer_worker or send_worker_message.",
    params: { session_id, keys: words('in order') },
    output: { ok: 'boolean', session_id: 'string', keys: 'array' },
    annotations: acting,
    run: async (house, given) =>
      (await steer()).sendKeys(house, sessionNamed(house, given.session_id), given.keys),
  }),
];

/** Without the evidence of each change: that is what stood on the screen. */
async function staysOf(house: House, { id }: SessionRow): Promise<Omit<Stay, 'because'>[]> {
  const { STAYS } = await import('../../projections/timeline.ts');
  return house.ledger
    .all<Stay>(STAYS, id)
    .map(({ state, entered_at, left_at }) => ({ state, entered_at, left_at }));
}

function statesOf(asked: string | string[] | null): string[] | null {
  if (asked === null) return null;
  const states = [asked]
    .flat()
    .flatMap((word) => word.split(','))
    .map((word) => word.trim().toUpperCase());
  const unknown = states.find((state) => !(workerStates as readonly string[]).includes(state));
  if (unknown === undefined) return states.length > 0 ? states : null;
  throw new AgentPoolError(
    'INVALID_STATE',
    `There is no state ${unknown}.${didYouMean(unknown, workerStates)} States: ${workerStates.join(', ')}.`,
    { state: unknown, allowed: [...workerStates] },
  );
}
