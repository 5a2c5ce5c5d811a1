import { claudeScreens } from './claude-code.ts';
import { codexScreens } from './codex-cli.ts';
import { copilotScreens } from './copilot-cli.ts';
import type { Drawn } from './drawing.ts';
import { opencodeScreens } from './opencode.ts';
import { cursorScreens, devinScreens, droidScreens, generalScreens } from './others.ts';

/** Screens drawn for the tests, by provider. */
export const drawnScreens: Record<string, Drawn[]> = {
  'claude-code': claudeScreens,
  'codex-cli': codexScreens,
  opencode: opencodeScreens,
  'cursor-cli': cursorScreens,
  'copilot-cli': copilotScreens,
  'devin-cli': devinScreens,
  'droid-cli': droidScreens,
  other: generalScreens,
};
