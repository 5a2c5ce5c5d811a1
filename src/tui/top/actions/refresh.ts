import { monotonic } from '../../../lib/time/monotonic.ts';
import { interactiveAllowed } from '../../../usage/asking/probe.ts';
import { DEFAULT_BACKEND } from '../../../usage/capacity/known-summary.ts';
import { usageSummary } from '../../../usage/capacity/summary.ts';
import type { FreeAction } from './action.ts';

/** How long the answers of the providers may take, in milliseconds. */
const WAIT_MS = 20_000;

/** Asks every provider what is left, as `agentpool usage-summary --refresh` does. */
export const refresh: FreeAction = {
  key: 'R',
  label: 'limits',
  help: 'Ask every provider for its limits.',
  isHidden: true,
  needs: 'nothing',
  async run({ app, dialogs }) {
    dialogs.say('asks for the limits …', 'busy');
    const { partial } = await usageSummary(app, {
      providers: null,
      backend: DEFAULT_BACKEND,
      interactive: interactiveAllowed(app.env, true),
      refresh: true,
      until: monotonic() + WAIT_MS,
      onProgress: (_, waiting) => {
        if (waiting.length > 0) dialogs.say(`waits for ${waiting.join(', ')} …`, 'busy');
      },
    });
    dialogs.say(partial ? 'Not every provider has answered: its figures are older.' : 'The limits are new.');
  },
};
