import { AGENT_IDS } from '../../config/provider-ids.ts';
import type { DrawnScreen } from '../../terminal/detection/testing/drawing.ts';
import { generalScreens } from '../../terminal/detection/testing/general-screens.ts';
import { linePrograms } from '../../terminal/detection/testing/line-programs.ts';
import { unknownAgents } from '../../terminal/detection/testing/unknown-agents.ts';
import { builtinRules } from '../screen-rules.ts';

/** Those whose screens were seen: the general rules read the others. */
const ruled = AGENT_IDS.filter((id) => builtinRules.fileFor(id) !== null);

const ofAgents = ruled.map(async (id): Promise<[string, DrawnScreen[]]> => {
  const { screens } = (await import(`../${id}/testing/screens.ts`)) as { screens: DrawnScreen[] };
  return [id, screens];
});

/** Screens drawn for the tests, by agent: `testing/screens.ts` in each agent's folder. */
export const drawnScreens: Readonly<Record<string, DrawnScreen[]>> = {
  ...Object.fromEntries(await Promise.all(ofAgents)),
  other: [...generalScreens, ...unknownAgents, ...linePrograms],
};
