import type { Agent } from '../contract/agent.ts';
import { untriedBox } from '../contract/input-words.ts';
import { modelArgs } from '../contract/launch.ts';
import { cursorCli } from './descriptor.ts';

export const agent: Agent = {
  descriptor: cursorCli,
  /** Flags as Cursor's reference of its parameters has them (2026); its installer is no npm package. */
  launch: {
    submit: { pastedPlaceholder: /\[Pasted text #\d+[^\]]*\]/, queued: /\bqueued\b/i, clearsBox: true },
    takes: untriedBox('&'),
    interruptKeys: ['Escape'],
    start: (request, settings) => ({
      args: [...(request.readOnly ? ['--mode', 'ask'] : []), ...modelArgs(request, settings)],
    }),
    promptArgs: (prompt) => ['--', prompt],
  },
  limits: async () => [(await import('./limits.ts')).cursorPeriod],
  codexbar: { name: 'cursor', via: 'cli' },
  tokens: null,
};
