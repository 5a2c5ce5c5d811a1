import type { Config } from '../config/schema.ts';
import { claudeCodeLaunch } from './claude-code/launch.ts';
import { codexCliLaunch } from './codex-cli/launch.ts';
import { type AgentLaunch, agentProvider } from './contract/agent-provider.ts';
import type { Provider } from './contract/provider.ts';
import { copilotCliLaunch } from './copilot-cli/launch.ts';
import { cursorCliLaunch } from './cursor-cli/launch.ts';
import { devinCliLaunch } from './devin-cli/launch.ts';
import { droidCliLaunch } from './droid-cli/launch.ts';
import { opencodeLaunch } from './opencode/launch.ts';

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
