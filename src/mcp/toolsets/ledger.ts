import { workerStream } from '../../machines/worker.ts';
import { sessionNamed } from '../../workers/named-session.ts';
import { count, flag, maybeText, maybeWords } from '../parameters.ts';
import { reading, tool } from '../tool.ts';
import { assertAllowed } from '../untrusted.ts';
import { detail } from './observing.ts';
import { session_id } from './steering.ts';

const history = () => import('../told-history.ts');

/** The log itself. */
export const ledgerTools = [
  tool({
    name: 'list_events',
    description: 'The log of everything that happened, oldest first; go on with from=next_position.',
    params: {
      session_id: maybeText('of one worker'),
      types: maybeWords('such as worker.exited'),
      from: count(1, 'the first position', 1),
      limit: count(50, 'at most 500', 1),
      detail,
    },
    output: { events: 'array', next_position: 'integer?', last_position: 'integer' },
    annotations: reading,
    run: async (house, given, call) => {
      const { toldEvent } = await history();
      const level = assertAllowed(given.detail, call);
      const { store } = house.ledger;
      const limit = Math.min(given.limit, 500);
      const events = store.readAll({
        ...(given.session_id === null
          ? {}
          : { stream: workerStream(sessionNamed(house, given.session_id).id) }),
        ...(given.types === null ? {} : { types: given.types }),
        from: given.from,
        limit,
      });
      const last = events.length === limit ? events.at(-1) : undefined;
      return {
        events: events.map((event) => toldEvent(event, level)),
        next_position: last ? last.position + 1 : null,
        last_position: store.lastPosition(),
      };
    },
  }),
  tool({
    name: 'replay_worker',
    description:
      "Tell a worker's history again, event by event, with the state before and after; verify proves it against the code and the tables.",
    params: { session_id, verify: flag(false), detail },
    output: { session_id: 'string', events: 'array', proof: 'object?' },
    annotations: reading,
    run: async (house, given, call) => {
      const { toldProof, toldReplay } = await history();
      const level = assertAllowed(given.detail, call);
      const { id } = sessionNamed(house, given.session_id);
      const proof = given.verify ? toldProof(house, id, level) : null;
      return { session_id: id, events: toldReplay(house, id, level), proof };
    },
  }),
  tool({
    name: 'verify_ledger',
    description: 'Prove the whole log: hash chain, transitions, tables. Takes seconds on a long log.',
    params: {},
    output: {
      ok: 'boolean',
      events: 'integer',
      last_position: 'integer',
      head: 'string',
      divergences: 'integer',
    },
    annotations: reading,
    run: async (house) => {
      const { verifyLedger } = await import('../../projections/verify-ledger.ts');
      const { fault, ...proof } = verifyLedger(house.ledger);
      return { ...proof, fault_at: fault?.position ?? null, divergences: proof.divergences.length };
    },
  }),
];
