import { type AgentLaunch, modelArgs } from './agent-provider.ts';
import { opencode } from './opencode.ts';

/** Flags as `opencode --help` of 1.18.33 has them, and the variables that this binary reads. */
export const opencodeLaunch: AgentLaunch = {
  descriptor: opencode,
  install: 'npm install -g opencode-ai',
  submit: { pastedPlaceholder: /\[Pasted ~\d+ lines?[^\]]*\]/, queued: /\bQUEUED\b/, clearsBox: true },
  // The first one asks whether it is meant.
  interruptKeys: ['Escape', 'Escape'],
  // From 121 columns on a sidebar stands beside its words, on the same rows.
  widest: 120,
  start: (request, settings) => ({
    args: modelArgs(request, settings),
    env: {
      OPENCODE_DISABLE_AUTOUPDATE: '1',
      // Laid over the permissions of the user's config for this one process.
      ...(request.readOnly ? { OPENCODE_PERMISSION: JSON.stringify({ edit: 'deny', bash: 'ask' }) } : {}),
    },
  }),
  promptArgs: (prompt) => ['--prompt', prompt],
};
