import type { Finished } from '../../lib/process/child.ts';
import {
  type Auth,
  COMMON_CAPABILITIES,
  COMMON_SETTINGS,
  type ModelDescriptor,
  model,
  type ProviderDescriptor,
  unknownAuth,
} from '../contract/descriptor.ts';
import { codexBilling } from './billing.ts';

/** `codex login status` reads its own file: exit 0 'Logged in using ChatGPT', exit 1 'Not logged in' (0.169.0). */
function parseCodexAuth(run: Finished): Auth {
  const words = `${run.stdout}\n${run.stderr}`;
  if (/^Not logged in/im.test(words))
    return { status: 'unauthenticated', confidence: 'local_cli', reason: 'signed out: codex login' };
  const how = /^Logged in using (ChatGPT|an API key|[\w ]{1,30})/im.exec(words)?.[1];
  return how
    ? { status: 'authenticated', confidence: 'local_cli', reason: `signed in with ${how}` }
    : unknownAuth('codex login status is not understood');
}

/** `codex debug models` prints the catalogue that this binary carries, as JSON and without a login (0.169.0). */
export function parseCodexModels(printed: string): ModelDescriptor[] {
  try {
    const parsed = JSON.parse(printed) as { models?: unknown };
    const rows = Array.isArray(parsed.models) ? (parsed.models as Record<string, unknown>[]) : [];
    return rows.flatMap((row) =>
      typeof row?.slug === 'string' && row.visibility === 'list' ? [fromRow(row.slug, row)] : [],
    );
  } catch {
    return [];
  }
}

function fromRow(slug: string, row: Record<string, unknown>): ModelDescriptor {
  const words = (value: unknown, key: string): string[] =>
    Array.isArray(value)
      ? value.flatMap((each) => (typeof each?.[key] === 'string' ? [each[key] as string] : []))
      : [];
  return {
    id: slug,
    display_name: typeof row.display_name === 'string' ? row.display_name : null,
    source: 'cli_detected',
    confidence: 'local_cli',
    aliases: [],
    metadata: {
      family: 'gpt',
      reasoning: {
        supported: words(row.supported_reasoning_levels, 'effort'),
        default: row.default_reasoning_level ?? null,
      },
      service_tiers: words(row.service_tiers, 'id'),
    },
  };
}

const gpt = (id: string, name: string, effort: string, efforts = 'low medium high xhigh max ultra') =>
  model(id, {
    display_name: name,
    efforts,
    effort,
    metadata: { family: 'gpt', service_tiers: ['priority'] },
  });

export const codexCli: ProviderDescriptor = {
  id: 'codex-cli',
  display_name: 'Codex CLI',
  vendor: 'OpenAI',
  harness: 'codex-cli',
  install: 'npm install -g @openai/codex',
  sign_in: 'codex login',
  commands: [{ words: ['codex'] }],
  version_args: ['--version'],
  capabilities: [
    ...COMMON_CAPABILITIES,
    'supports_model_arg',
    'supports_usage_probe',
    'supports_resume',
    'supports_mcp_injection',
    'supports_one_shot_mode',
  ],
  auth: { args: ['login', 'status'], parse: parseCodexAuth },
  model_list: { args: ['debug', 'models'], parse: parseCodexModels },
  billed_by_key: codexBilling,
  settings: {
    ...COMMON_SETTINGS,
    default_model: 'gpt-6.1-sol',
    smoke_model: 'gpt-6-luna',
    default_initial_prompt_mode: 'arg',
    reasoning_effort_config_key: 'model_reasoning_effort',
    service_tier_config_key: 'service_tier',
    read_only_mode_arg: 'read-only',
    catalog_completeness: 'codex_debug_models_0.169.0',
    quirks: ['startup_trust_prompt', 'startup_update_prompt', 'service_tier_priority_is_labeled_fast'],
  },
  models: [
    gpt('gpt-6.1-sol', 'GPT-6.1-Sol', 'low'),
    gpt('gpt-6.1-terra', 'GPT-6.1 Terra', 'low'),
    gpt('gpt-6-astra', 'GPT-6-Astra', 'low'),
    gpt('gpt-6-sol', 'GPT-6-Sol', 'medium'),
    gpt('gpt-6-luna', 'GPT-6-Luna', 'medium', 'low medium high xhigh max'),
    gpt('gpt-5.6-sol', 'GPT-5.6-Sol', 'low'),
    gpt('gpt-5.6-terra', 'GPT-5.6-Terra', 'medium'),
    gpt('gpt-5.6-luna', 'GPT-5.6-Luna', 'medium', 'low medium high xhigh max'),
    gpt('gpt-5.5', 'GPT-5.5', 'medium', 'low medium high xhigh'),
  ],
};
