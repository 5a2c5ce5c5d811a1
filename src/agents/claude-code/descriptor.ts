import type { Finished } from '../../lib/process/child.ts';
import {
  type Auth,
  COMMON_CAPABILITIES,
  COMMON_SETTINGS,
  model,
  type ProviderDescriptor,
  unknownAuth,
} from '../contract/descriptor.ts';
import { printedJson } from '../contract/limits/values.ts';
import { claudeBilling } from './billing.ts';

/** `claude auth status` prints JSON, exits 1 when signed out and asks no network (real binary, 2.1.330). */
export function parseClaudeAuth(run: Pick<Finished, 'stdout' | 'timed_out'>): Auth {
  if (run.timed_out) return unknownAuth('claude auth status gave no answer in time');
  // An older Claude without the command prints its help.
  const status = printedJson(run.stdout);
  if (status?.loggedIn === true) {
    const method = typeof status.authMethod === 'string' ? status.authMethod.slice(0, 40) : 'a login';
    return { status: 'authenticated', confidence: 'local_cli', reason: `signed in with ${method}` };
  }
  if (status?.loggedIn === false)
    return { status: 'unauthenticated', confidence: 'local_cli', reason: 'signed out: claude auth login' };
  return unknownAuth('this Claude does not report whether it is signed in');
}

const EFFORTS = { efforts: 'low medium high xhigh max', effort: 'high', metadata: { family: 'claude' } };

const alias = (id: string, name: string, meaning: string) =>
  model(id, { ...EFFORTS, display_name: name, confidence: 'official', aliases: [meaning] });
const full = (id: string, name: string, aliases: string[] = []) =>
  model(id, { ...EFFORTS, display_name: name, aliases });

export const claudeCode: ProviderDescriptor = {
  id: 'claude-code',
  display_name: 'Claude Code',
  vendor: 'Anthropic',
  harness: 'claude-code',
  install: 'npm install -g @anthropic-ai/claude-code',
  sign_in: 'claude auth login',
  commands: [{ words: ['claude'] }],
  version_args: ['--version'],
  capabilities: [
    ...COMMON_CAPABILITIES,
    'supports_model_arg',
    'supports_usage_probe',
    'supports_resume',
    'supports_mcp_injection',
    'supports_one_shot_mode',
  ],
  auth: { args: ['auth', 'status'], parse: parseClaudeAuth },
  model_list: null,
  billed_by_key: claudeBilling,
  settings: {
    ...COMMON_SETTINGS,
    default_model: 'sonnet',
    smoke_model: 'haiku',
    reasoning_effort_arg: '--effort',
    read_only_mode_arg: 'plan',
    catalog_completeness: 'claude_help_and_binary_2.1.330',
    quirks: [
      'startup_trust_prompt',
      'startup_mcp_warnings_do_not_block',
      'effort_falls_back_to_nearest_supported_level',
      '1m_context_suffix_requires_plan_or_usage_credits',
    ],
  },
  // What each alias asks the API for was seen against a mock of it (2.1.330); the full names were read in the binary.
  models: [
    alias('sonnet', 'Claude Sonnet', 'claude-sonnet-5-5'),
    alias('opus', 'Claude Opus', 'claude-opus-5-5'),
    alias('fable', 'Claude Fable', 'claude-fable-5-2'),
    model('haiku', {
      display_name: 'Claude Haiku',
      confidence: 'official',
      aliases: ['claude-haiku-5-5'],
      metadata: { family: 'claude' },
    }),
    alias('best', 'The most capable Claude', 'claude-opus-5-5'),
    alias('sonnet[1m]', 'Claude Sonnet, 1M context', 'claude-sonnet-5-5[1m]'),
    alias('opus[1m]', 'Claude Opus, 1M context', 'claude-opus-5-5[1m]'),
    model('opusplan', {
      display_name: 'Claude Opus to plan, Sonnet to work',
      metadata: { family: 'claude' },
    }),
    full('claude-opus-5-5', 'Claude Opus 5.5', ['opus']),
    full('claude-opus-5', 'Claude Opus 5'),
    full('claude-opus-4-8', 'Claude Opus 4.8'),
    full('claude-sonnet-5-5', 'Claude Sonnet 5.5', ['sonnet']),
    full('claude-sonnet-5', 'Claude Sonnet 5'),
    full('claude-sonnet-4-6', 'Claude Sonnet 4.6'),
    full('claude-fable-5-2', 'Claude Fable 5.2', ['fable']),
    full('claude-fable-5-1', 'Claude Fable 5.1'),
    model('claude-haiku-5-5', {
      display_name: 'Claude Haiku 5.5',
      aliases: ['haiku'],
      metadata: { family: 'claude' },
    }),
    model('claude-haiku-4-5', { display_name: 'Claude Haiku 4.5', metadata: { family: 'claude' } }),
  ],
};
