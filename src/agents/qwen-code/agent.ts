import type { Agent } from '../contract/agent.ts';
import { COMMON_CAPABILITIES, COMMON_SETTINGS, type ProviderDescriptor } from '../contract/descriptor.ts';
import { untriedBox } from '../contract/input-words.ts';
import { type LaunchRequest, modelArgs, sessionArgs } from '../contract/launch.ts';
import { qwenConversations } from './conversation.ts';
import { qwenWords } from './session-words.ts';

const qwenCode: ProviderDescriptor = {
  id: 'qwen-code',
  display_name: 'Qwen Code',
  vendor: 'Alibaba',
  harness: 'qwen-code',
  install: 'npm install -g @qwen-code/qwen-code',
  sign_in: 'qwen',
  commands: [{ words: ['qwen'] }],
  version_args: ['--version'],
  capabilities: [
    ...COMMON_CAPABILITIES,
    'supports_model_arg',
    'supports_resume',
    'supports_mcp_injection',
    'supports_acp',
    'supports_one_shot_mode',
  ],
  auth: null,
  model_list: null,
  settings: {
    ...COMMON_SETTINGS,
    read_only_mode_arg: '--approval-mode plan',
    quirks: ['models_depend_on_the_logins', 'plan_keys_report_no_quota'],
  },
  models: [],
};

/**
 * Its Coding and Token Plans report their limits only in the vendor's console, whose keys of a model are not taken
 * there (CodexBar, issue 612): no source of ours.
 */
export const agent: Agent = {
  descriptor: qwenCode,
  /**
   * Flags as `qwen --help` of 0.24.4 has them. It has no option against the alternate screen. `--session-id` takes a UUID
   * of version 4 alone, and Qwen Code ends at any other.
   */
  launch: {
    submit: { clearsBox: true },
    takes: untriedBox('#'),
    interruptKeys: ['Escape'],
    dialogWords: { inPlace: /^type something/i },
    words: qwenWords,
    conversations: qwenConversations,
    retriesSilently: true,
    start: (request, settings) => ({
      args: [
        ...approvalArgs(request),
        ...modelArgs(request, settings),
        ...(request.resumes ? sessionArgs(request, (id) => ['--resume', id]) : []),
      ],
    }),
    promptArgs: (prompt) => [`--prompt-interactive=${prompt}`],
  },
  limits: async () => [],
  tokens: null,
  rehearsal: async () => (await import('./rehearsal.ts')).rehearsal,
};

/**
 * Left to itself Qwen Code starts in the mode `auto`, where a model and no person grants what it wants to run. The user's
 * own command may name another mode; read-only is never given up.
 */
function approvalArgs({ program, readOnly }: LaunchRequest): string[] {
  if (readOnly) return ['--approval-mode', 'plan'];
  const chosen = program.some((word) => /^(?:--(?:approval-mode|yolo)\b|-y$)/.test(word));
  return chosen ? [] : ['--approval-mode', 'default'];
}
