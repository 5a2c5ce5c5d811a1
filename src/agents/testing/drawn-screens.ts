import { AGENT_IDS } from '../../config/provider-ids.ts';
import type { Drawn } from '../../terminal/detection/testing/drawing.ts';
import { generalScreens } from '../../terminal/detection/testing/general-screens.ts';

const ofAgents = AGENT_IDS.map(async (id): Promise<[string, Drawn[]]> => {
  const { screens } = (await import(`../${id}/testing/screens.ts`)) as { screens: Drawn[] };
  return [id, screens];
});

/** Screens drawn for the tests, by agent: `testing/screens.ts` in each agent's folder. */
export const drawnScreens: Readonly<Record<string, Drawn[]>> = {
  ...Object.fromEntries(await Promise.all(ofAgents)),
  other: generalScreens,
};
