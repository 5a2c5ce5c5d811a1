import Type from 'typebox';
import { flag, noted, nullable, oneOf, text } from '../../lib/shapes.ts';
import { define } from './definition.ts';
import { parkReasons } from './words.ts';
import { state, TriedProvider } from './worker-shapes.ts';

/** Events of a worker that waits for a limit to reset. */
export const parkingEvents = {
  'worker.parked': define(
    1,
    'The worker waits for a limit to reset. Recorded again when another reset is known.',
    Type.Object({
      state,
      because: noted(
        oneOf(parkReasons),
        '`cut_short`: the agent ended its turn itself, because a limit was near.',
      ),
      until: noted(nullable(text), 'When the limit resets; null if that is not known.'),
      window: noted(nullable(text), 'The name of the window that is used up.'),
      known_from: noted(text, 'Where the reset is known from.'),
      continues_itself: noted(flag, 'The agent goes on by itself after the reset: nothing is typed.'),
      check_at: noted(text, 'When the limit is checked again.'),
      give_up_at: noted(nullable(text), 'When the wait ends without a reset; null if it is not bounded.'),
      attempt: noted(Type.Integer({ minimum: 1 }), 'How often it was parked since its last own turn.'),
      held: Type.Optional(
        noted(text, 'What keeps it from being continued after the reset, such as text in its input box.'),
      ),
      tried: noted(Type.Array(TriedProvider), 'The fallbacks of the caller, and why none was taken.'),
    }),
  ),
  'worker.park_ended': define(
    1,
    'The worker is not continued after the limit any more.',
    Type.Object({
      state,
      reason: noted(oneOf(['waited_too_long', 'too_many_attempts', 'stopped']), '`stopped`: by the caller.'),
    }),
  ),
};
