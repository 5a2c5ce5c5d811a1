import type { Agent } from '../contract/agent.ts';
import { untriedBox } from '../contract/input-words.ts';
import { effortArgs, modelArgs, sessionArgs } from '../contract/launch.ts';
import { grokBuild } from './descriptor.ts';

export const agent: Agent = {
  descriptor: grokBuild,
  /** Flags as `grok --help` of 1.0.41 has them. */
  launch: {
    submit: { clearsBox: true },
    takes: untriedBox('#'),
    interruptKeys: ['Escape'],
    start: (request, settings) => ({
      args: [
        '--no-alt-screen',
        ...(request.readOnly ? ['--permission-mode', 'plan'] : []),
        ...modelArgs(request, settings),
        ...effortArgs(request, settings),
        ...sessionArgs(request),
      ],
      env: { GROK_DISABLE_AUTOUPDATER: '1' },
    }),
    promptArgs: (prompt) => ['--', prompt],
  },
  limits: async () => [(await import('./limits.ts')).grokBilling],
  codexbar: { name: 'grok', via: 'cli' },
  tokens: null,
};
