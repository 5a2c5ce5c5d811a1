import type { Config } from '../config/schema.ts';
import { type AgentLaunch, agentProvider } from './agent-provider.ts';
import { claudeCodeLaunch } from './launch-claude-code.ts';
import { codexCliLaunch } from './launch-codex-cli.ts';
import { copilotCliLaunch } from './launch-copilot-cli.ts';
import { cursorCliLaunch } from './launch-cursor-cli.ts';
import { devinCliLaunch } from './launch-devin-cli.ts';
import { droidCliLaunch } from './launch-droid-cli.ts';
import { opencodeLaunch } from './launch-opencode.ts';
import type { Provider } from './provider.ts';

const launches: readonly AgentLaunch[] = [
  codexCliLaunch,
  claudeCodeLaunch,
  cursorCliLaunch,
  copilotCliLaunch,
  devinCliLaunch,
  droidCliLaunch,
  opencodeLaunch,
];

/** The agents of other vendors as they can be run, with the user's words for their programs. */
export const agentProviders = ({ providers }: Pick<Config, 'providers'>): Provider[] =>
  launches.map((launch) => agentProvider(launch, providers));
