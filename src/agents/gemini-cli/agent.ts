import type { Agent } from '../contract/agent.ts';
import { untriedBox } from '../contract/input-words.ts';
import { modelArgs, sessionArgs } from '../contract/launch.ts';
import { geminiCli } from './descriptor.ts';

export const agent: Agent = {
  descriptor: geminiCli,
  /** Flags as `gemini --help` of 0.61.0 has them. It draws without the alternate screen by itself. */
  launch: {
    submit: { clearsBox: true },
    takes: untriedBox('#'),
    interruptKeys: ['Escape'],
    retriesSilently: true,
    start: (request, settings) => ({
      args: [
        ...(request.readOnly ? ['--approval-mode', 'plan'] : []),
        ...modelArgs(request, settings),
        ...sessionArgs(request),
      ],
    }),
    promptArgs: (prompt) => [`--prompt-interactive=${prompt}`],
  },
  limits: async () => [(await import('./limits.ts')).geminiQuota],
  codexbar: { name: 'gemini', via: 'api' },
  tokens: null,
};
