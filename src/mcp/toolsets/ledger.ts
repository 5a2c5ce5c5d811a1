import { workerStream } from '../../machines/worker/state.ts';
import { sessionNamed } from '../../workers/core/sessions/named-session.ts';
import { count, flag, maybeName, maybeWords } from '../arguments/parameters.ts';
import { reading, tool } from '../tool.ts';
import { assertAllowed } from '../untrusted.ts';
import { detail } from './observing.ts';
import { session_id } from './steering.ts';

const history = () => import('../history.ts');

/** The log itself. */
export const ledgerTools = [
  tool({
    name: 'list_events',
    description: 'The log of everything that happened, oldest first; continue with from=next_position.',
    params: {
      session_id: maybeName('@last', 'of one worker'),
      types: maybeWords(['worker.exited'], 'such as worker.exited'),
      from: count(1, 'the first position', 1),
      limit: count(50, 'at most 500', 1),
      detail,
    },
    output: { events: 'array', next_position: 'integer?', last_position: 'integer' },
    annotations: reading,
    run: async (app, args, call) => {
      const { eventForHost } = await history();
      const level = assertAllowed(args.detail, call);
      const { store } = app.ledger;
      const limit = Math.min(args.limit, 500);
      const events = store.readAll({
        ...(args.session_id === null ? {} : { stream: workerStream(sessionNamed(app, args.session_id).id) }),
        ...(args.types === null ? {} : { types: args.types }),
        from: args.from,
        limit,
      });
      const last = events.length === limit ? events.at(-1) : undefined;
      return {
        events: events.map((event) => eventForHost(event, level)),
        next_position: last ? last.position + 1 : null,
        last_position: store.lastPosition(),
      };
    },
  }),
  tool({
    name: 'replay_worker',
    description:
      "Replay a worker's history, event by event, with the state before and after; verify checks it against the code and the tables.",
    params: { session_id, verify: flag(false), detail },
    output: { session_id: 'string', events: 'array', verification: 'object?' },
    annotations: reading,
    run: async (app, args, call) => {
      const { verificationForHost, replayForHost } = await history();
      const level = assertAllowed(args.detail, call);
      const { id } = sessionNamed(app, args.session_id);
      const verification = args.verify ? verificationForHost(app, id, level) : null;
      return { session_id: id, events: replayForHost(app, id, level), verification };
    },
  }),
  tool({
    name: 'verify_ledger',
    description: 'Verify the whole log: hash chain, transitions, tables. Takes seconds on a long log.',
    params: {},
    output: {
      ok: 'boolean',
      events: 'integer',
      last_position: 'integer',
      head: 'string',
      divergences: 'integer',
    },
    annotations: reading,
    run: async (app) => {
      const { verifyLedger } = await import('../../projections/replay/verify-ledger.ts');
      const { fault, ...verification } = verifyLedger(app.ledger);
      return {
        ...verification,
        fault_at: fault?.position ?? null,
        divergences: verification.divergences.length,
      };
    },
  }),
];
