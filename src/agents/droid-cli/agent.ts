import { join } from 'node:path';
import type { Agent } from '../contract/agent.ts';
import { untriedBox } from '../contract/input-words.ts';
import type { LaunchRequest } from '../contract/launch.ts';
import { claudeHooks } from '../contract/signal-hooks.ts';
import { droidCli } from './descriptor.ts';
import { droidLog } from './token-log.ts';

export const agent: Agent = {
  descriptor: droidCli,
  /**
   * Flags as `droid --help` of 0.215.0 has them. The TUI takes its model from a settings file that is merged for the
   * one process; spec mode plans and edits nothing until a person has approved the plan.
   */
  launch: {
    submit: { pastedPlaceholder: /\[Pasted[^\]]*\]/i, queued: /\bqueued\b/i, clearsBox: true },
    takes: untriedBox('#'),
    interruptKeys: ['Escape'],
    start: (request) => {
      const settings = runtimeSettings(request);
      const readOnly = request.readOnly ? ['--use-spec'] : [];
      if (Object.keys(settings).length === 0) return { args: readOnly };
      return {
        args: ['--settings', join(request.folder, SETTINGS), ...readOnly],
        files: { [SETTINGS]: JSON.stringify(settings) },
      };
    },
    promptArgs: (prompt) => ['--', prompt],
  },
  limits: async () => [(await import('./limits.ts')).droidBilling],
  codexbar: { name: 'factory', via: 'api' },
  tokens: droidLog,
};

const SETTINGS = 'droid-settings.json';

function runtimeSettings({ model, reasoningEffort, signal }: LaunchRequest): Record<string, unknown> {
  return {
    ...(model === null ? {} : { model }),
    ...(reasoningEffort === null ? {} : { reasoningEffort }),
    ...(signal ? { hooks: claudeHooks(signal, ['UserPromptSubmit', 'Stop']) } : {}),
  };
}
