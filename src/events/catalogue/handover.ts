import Type from 'typebox';
import { flag, noted, nullable, oneOf, text } from '../../lib/shapes.ts';
import { define } from './definition.ts';
import { NamedProvider, processIdentity, state, TriedProvider } from './worker-shapes.ts';

/** Events of work that another worker takes over. The first three are of the old worker, the last is of the new one. */
export const handoverEvents = {
  'worker.handover_requested': define(
    1,
    'The work is to be handed over: the intent, recorded before the old worker is interrupted.',
    Type.Object({
      state,
      successor: noted(text, 'The id of the session that will take over.'),
      to: NamedProvider,
      keep: noted(flag, 'Whether the old worker stays in its terminal.'),
      note: nullable(text),
      because: oneOf(['caller', 'limit']),
      tried: noted(
        Type.Array(TriedProvider),
        'The fallbacks that come before it, and why they were not taken.',
      ),
      requester: processIdentity,
    }),
  ),
  'worker.handed_over': define(
    1,
    'The work was handed over: this worker gets nothing to do any more.',
    Type.Object({ state, successor: text }),
  ),
  'worker.handover_failed': define(
    1,
    'The work could not be handed over, and remains with this worker.',
    Type.Object({ state, successor: text, code: text, reason: text }),
  ),
  'worker.took_over': define(
    1,
    'The worker took over the work of another one, with a brief made from the ledger.',
    Type.Object({
      state,
      predecessor: text,
      brief_sha256: noted(text, 'Of the artifact handoff.md.'),
    }),
  ),
};
