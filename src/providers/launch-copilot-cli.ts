import { type AgentLaunch, effortArgs, modelArgs } from './agent-provider.ts';
import { copilotCli } from './copilot-cli.ts';

/** Flags as `copilot --help` of 1.0.102 has them. */
export const copilotCliLaunch: AgentLaunch = {
  descriptor: copilotCli,
  install: 'npm install -g @github/copilot',
  submit: { pastedPlaceholder: /\[Paste #\d+[^\]]*\]/, queued: /\bqueued\b/i, clearsBox: true },
  interruptKeys: ['Escape'],
  start: (request, settings) => ({
    args: [
      '--no-auto-update',
      ...(request.readOnly ? ['--mode', 'plan'] : []),
      ...modelArgs(request, settings),
      ...effortArgs(request, settings),
    ],
  }),
  promptArgs: (prompt) => [`--interactive=${prompt}`],
};
