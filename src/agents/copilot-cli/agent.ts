import type { Agent } from '../contract/agent.ts';
import { copilotCli } from './descriptor.ts';
import { copilotCliLaunch } from './launch.ts';
import { copilotGetQuota } from './limits/get-quota.ts';
import { copilotUser } from './limits/user.ts';
import { copilotLog } from './token-log.ts';

export const agent: Agent = {
  descriptor: copilotCli,
  launch: copilotCliLaunch,
  limits: [copilotGetQuota, copilotUser],
  codexbar: { name: 'copilot', via: 'api' },
  tokens: copilotLog,
  setup: { target: 'copilot-cli', guide: 'copilot' },
};
