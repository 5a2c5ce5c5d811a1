import { fullProviderId } from '../../config/provider-ids.ts';
import { workerStates } from '../../events/catalogue/words.ts';
import { AgentPoolError } from '../../lib/errors.ts';
import { didYouMean } from '../../lib/suggest.ts';
import { workerStream } from '../../machines/worker/state.ts';
import { listSessions } from '../../projections/sessions/list.ts';
import type { SessionRow } from '../../projections/sessions/queries.ts';
import type { Stay } from '../../projections/sessions/schema.ts';
import type { AppContext } from '../../workers/core/context.ts';
import { sessionNamed } from '../../workers/core/sessions/named-session.ts';
import { withFiles } from '../../workers/core/sessions/session-files.ts';
import { pageOf, type SessionListRequest } from '../../workers/core/sessions/session-list.ts';
import { count, flag, maybeCount, maybeName, maybeWords, words } from '../arguments/parameters.ts';
import { acting, reading, tool } from '../tool.ts';
import { plainName, sessionForHost } from '../untrusted.ts';
import { session_id } from './steering.ts';

const steer = () => import('../../workers/commands/steer.ts');

/** Finding workers, and rarer ways to reach one. */
export const sessionTools = [
  tool({
    name: 'list_sessions',
    description: 'Workers, the newest first: those of this server, or of every coordinator with include_all.',
    params: {
      state: maybeWords(['RUNNING'], `one or more of ${workerStates.join(', ')}`),
      provider_id: maybeName('codex-cli', 'of one provider only'),
      include_all: flag(false, 'of every coordinator'),
      all_machines: flag(false, 'of every machine of the fleet, and every coordinator'),
      limit: maybeCount(undefined, 50),
      offset: count(0),
    },
    output: { sessions: 'array', pagination: 'object', scope: 'object' },
    annotations: reading,
    run: async (app, args) => {
      const state = statesOf(args.state);
      const page = { limit: args.limit ?? 50, offset: args.offset };
      const provider = args.provider_id && fullProviderId(args.provider_id, app.config.custom_providers);
      if (args.all_machines) return ofAllMachines(app, { ...page, ...(state ? { state } : {}), provider });
      const { sessions, total } = listSessions(app.ledger, {
        coordinator: args.include_all ? null : app.coordinator,
        ...(state ? { state } : {}),
        ...(provider === null ? {} : { provider }),
        ...page,
      });
      return {
        sessions: sessions.map((row) => sessionForHost(withFiles(app.paths.artifacts, row))),
        pagination: pageOf(sessions.length, total, page),
        scope: { coordinator_id: app.coordinator, current_coordinator_only: !args.include_all },
      };
    },
  }),
  tool({
    name: 'get_session',
    description: 'One worker: its task, where it runs, and how long it was in each state.',
    params: { session_id },
    output: { session: 'object', timeline: 'array' },
    annotations: reading,
    run: async (app, args) => {
      const row = sessionNamed(app, args.session_id);
      return { session: sessionForHost(row), timeline: await plainStays(app, row) };
    },
  }),
  tool({
    name: 'attach_info',
    description: "The command that opens a worker's terminal. Show it to your user; do not run it.",
    params: { session_id },
    output: { session_id: 'string', can_attach: 'boolean', attach_command: 'string' },
    annotations: reading,
    run: async (app, args) => (await steer()).attachInfo(app, sessionNamed(app, args.session_id)),
  }),
  tool({
    name: 'send_worker_keys',
    description:
      "Press raw keys in a worker's terminal, by tmux's names (Enter, Escape, C-c). Off unless policy.allow_raw_keys; use answer_worker or send_worker_message.",
    params: { session_id, keys: words(['Enter'], 'in order') },
    output: { ok: 'boolean', session_id: 'string', keys: 'array' },
    annotations: acting,
    run: async (app, args) => (await steer()).sendKeys(app, sessionNamed(app, args.session_id), args.keys),
  }),
];

/** The same of every machine of the fleet. */
async function ofAllMachines(
  app: AppContext,
  { provider, ...request }: Omit<SessionListRequest, 'provider'> & { provider: string | null },
) {
  const { sessionsOfAllMachines, atThisClock } = await import('../../workers/queries/fleet/sessions.ts');
  const { listed, machines, ...rest } = sessionsOfAllMachines(app, {
    ...request,
    provider: provider ?? undefined,
  });
  return {
    sessions: listed.map(({ row, isHere, machine, shiftMs }) => ({
      machine: plainName(machine),
      ...atThisClock(sessionForHost(isHere ? withFiles(app.paths.artifacts, row) : row), shiftMs),
    })),
    ...rest,
    machines: machines.map((machine) => ({ ...machine, name: plainName(machine.name) })),
  };
}

/** Without the evidence of each change, which quotes the screen. */
async function plainStays(app: AppContext, { id }: SessionRow): Promise<Omit<Stay, 'because'>[]> {
  const { staysOf } = await import('../../projections/sessions/timeline.ts');
  return staysOf(app.ledger.stream(workerStream(id))).map(({ state, entered_at, exited_at }) => ({
    state,
    entered_at,
    exited_at,
  }));
}

function statesOf(requested: readonly string[] | null): string[] | null {
  if (requested === null) return null;
  const states = [requested]
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
