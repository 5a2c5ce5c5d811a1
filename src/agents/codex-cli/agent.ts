import type { Agent } from '../contract/agent.ts';
import { codexCli } from './descriptor.ts';
import { codexCliLaunch } from './launch.ts';
import { codexAppServer } from './limits/app-server.ts';
import { codexRollouts } from './limits/rollouts.ts';
import { codexLog } from './token-log.ts';

export const agent: Agent = {
  descriptor: codexCli,
  launch: codexCliLaunch,
  limits: [codexAppServer, codexRollouts],
  codexbar: { name: 'codex', via: 'cli' },
  tokens: codexLog,
  setup: { target: 'codex', guide: 'codex' },
};
