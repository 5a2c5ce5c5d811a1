import type { DrawnScreen } from '../../terminal/detection/testing/drawing.ts';
import { generalScreens } from '../../terminal/detection/testing/general-screens.ts';
import { claudeScreens } from '../claude-code/testing/screens.ts';
import { codexScreens } from '../codex-cli/testing/screens.ts';
import { copilotScreens } from '../copilot-cli/testing/screens.ts';
import { cursorScreens } from '../cursor-cli/testing/screens.ts';
import { devinScreens } from '../devin-cli/testing/screens.ts';
import { droidScreens } from '../droid-cli/testing/screens.ts';
import { opencodeScreens } from '../opencode/testing/screens.ts';

/** Screens drawn for the tests, by agent. */
export const drawnScreens: Record<string, DrawnScreen[]> = {
  'claude-code': claudeScreens,
  'codex-cli': codexScreens,
  opencode: opencodeScreens,
  'cursor-cli': cursorScreens,
  'copilot-cli': copilotScreens,
  'devin-cli': devinScreens,
  'droid-cli': droidScreens,
  other: generalScreens,
};
