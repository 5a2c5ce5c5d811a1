import { type AgentLaunch, modelArgs } from '../contract/agent-provider.ts';
import { cursorCli } from './descriptor.ts';

/** Flags as Cursor's reference of its parameters has them (2026); its installer is no npm package. */
export const cursorCliLaunch: AgentLaunch = {
  descriptor: cursorCli,
  submit: { pastedPlaceholder: /\[Pasted text #\d+[^\]]*\]/, queued: /\bqueued\b/i, clearsBox: true },
  interruptKeys: ['Escape'],
  start: (request, settings) => ({
    args: [...(request.readOnly ? ['--mode', 'ask'] : []), ...modelArgs(request, settings)],
  }),
  promptArgs: (prompt) => ['--', prompt],
};
