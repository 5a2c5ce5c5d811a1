import { refreshUsage } from '../feed/refresh-usage.ts';
import type { FreeAction } from './action.ts';

/** Asks every provider what is left, as `agentpool usage-summary --refresh` does. */
export const refresh: FreeAction = {
  key: 'R',
  label: 'limits',
  help: 'Ask every provider for its limits.',
  isHidden: true,
  needs: 'nothing',
  async run({ app, dialogs }) {
    dialogs.say('asks for the limits …', 'busy');
    const onWaiting = (providers: readonly string[]) => {
      if (providers.length > 0) dialogs.say(`waits for ${providers.join(', ')} …`, 'busy');
    };
    const isWhole = await refreshUsage(app, { refresh: true, onWaiting });
    dialogs.say(
      isWhole ? 'The limits are up to date.' : 'Not every provider has answered: its figures are older.',
    );
  },
};
