import type { Agent } from '../contract/agent.ts';
import { untriedBox } from '../contract/input-words.ts';
import { modelArgs } from '../contract/launch.ts';
import { devinCli } from './descriptor.ts';

export const agent: Agent = {
  descriptor: devinCli,
  /**
   * Flags as cli.devin.ai/docs/reference/commands has them (2026). Its modes plan and ask are no flags but commands
   * typed into it, so a read-only worker runs in the mode `normal`, in which every edit and command asks first.
   */
  launch: {
    submit: { pastedPlaceholder: /\[Pasted[^\]]*\]/i, queued: /\bqueued\b/i, clearsBox: true },
    takes: untriedBox('#'),
    interruptKeys: ['Escape'],
    start: (request, settings) => ({
      args: [...(request.readOnly ? ['--permission-mode', 'normal'] : []), ...modelArgs(request, settings)],
    }),
    promptArgs: (prompt) => ['--', prompt],
  },
  limits: async () => (await import('./limits/sources.ts')).sources,
  tokens: null,
};
