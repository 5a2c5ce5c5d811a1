import type { Agent } from '../contract/agent.ts';
import { COMMON_CAPABILITIES, COMMON_SETTINGS, type ProviderDescriptor } from '../contract/descriptor.ts';
import { untriedBox } from '../contract/input-words.ts';
import { effortArgs, type LaunchRequest, modelArgs } from '../contract/launch.ts';

/** It works with an account of its own, or with keys of other vendors. */
const cline: ProviderDescriptor = {
  id: 'cline',
  display_name: 'Cline',
  vendor: 'Cline',
  harness: 'cline',
  install: 'npm install -g cline',
  sign_in: 'cline auth',
  commands: [{ words: ['cline'] }],
  version_args: ['--version'],
  capabilities: [...COMMON_CAPABILITIES, 'supports_model_arg', 'supports_acp', 'supports_one_shot_mode'],
  auth: null,
  model_list: null,
  settings: {
    ...COMMON_SETTINGS,
    reasoning_effort_arg: '--thinking',
    read_only_mode_arg: '--plan',
    quirks: ['leaves_a_hub_in_the_background', 'models_depend_on_the_logins'],
  },
  models: [],
};

export const agent: Agent = {
  descriptor: cline,
  /** Flags as `cline --help` of 3.0.65 has them. It has no option against the alternate screen. */
  launch: {
    submit: { clearsBox: true, pastedPlaceholder: /\[.{1,80}\.\.\. Pasted \+\d+ lines?\]/ },
    takes: untriedBox('#'),
    interruptKeys: ['Escape'],
    retriesSilently: true,
    start: (request, settings) => ({
      args: [
        '--tui',
        ...approvalArgs(request),
        ...modelArgs(request, settings),
        ...effortArgs(request, settings),
      ],
      // An offer of the vendor covers the input at the start, and takes the first key.
      env: { CLINE_DISABLE_CLINE_PASS_NOTICE: '1' },
    }),
    promptArgs: (prompt) => ['--', prompt],
  },
  limits: async () => [],
  tokens: null,
  rehearsal: async () => (await import('./rehearsal.ts')).rehearsal,
};

/** Left to itself Cline runs every tool unasked. The user's own command may say so; AgentPool does not. */
function approvalArgs({ program, readOnly }: LaunchRequest): string[] {
  const chosen = program.some((word) => word.startsWith('--auto-approve'));
  return [...(readOnly ? ['--plan'] : []), ...(chosen && !readOnly ? [] : ['--auto-approve', 'false'])];
}
