import type { Agent } from '../contract/agent.ts';
import { untriedBox } from '../contract/input-words.ts';
import { modelArgs } from '../contract/launch.ts';
import { kiroCli } from './descriptor.ts';

export const agent: Agent = {
  descriptor: kiroCli,
  /** As kiro.dev/docs/reference/cli-commands has it; not tried, as the program is not on npm. It asks before every tool. */
  launch: {
    submit: { clearsBox: true },
    takes: untriedBox('#'),
    interruptKeys: ['C-c'],
    start: (request, settings) => ({ args: ['chat', ...modelArgs(request, settings)] }),
    promptArgs: (prompt) => ['--', prompt],
  },
  limits: async () => [(await import('./limits.ts')).kiroUsage],
  codexbar: { name: 'kiro', via: 'cli' },
  tokens: null,
};
