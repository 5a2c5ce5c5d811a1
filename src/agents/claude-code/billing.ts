import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BillingPlace } from '../contract/descriptor.ts';
import { parseJson, record, text } from '../contract/limits/values.ts';

/** Clouds that Claude Code asks instead of Anthropic, by the switch for each (2.1.330). */
const CLOUDS: readonly [variable: string, name: string][] = [
  ['CLAUDE_CODE_USE_BEDROCK', 'Amazon Bedrock'],
  ['CLAUDE_CODE_USE_VERTEX', 'Google Vertex AI'],
  ['CLAUDE_CODE_USE_FOUNDRY', 'Microsoft Foundry'],
];

const isOn = (value: string | undefined): boolean => /^(?:1|true|yes|on)$/i.test(value ?? '');

/** What a Claude without a subscription is billed by: a cloud, a key, or a program that prints one. Null if nothing is set. */
export function claudeBilling({ env, home }: BillingPlace): string | null {
  const settings = settingsIn(env.CLAUDE_CONFIG_DIR?.split(',')[0] || join(home, '.claude'));
  const own = record(settings?.env) ?? {};
  const setting = (name: string) => text(env[name]) ?? text(own[name]) ?? undefined;
  const cloud = CLOUDS.find(([variable]) => isOn(setting(variable)));
  if (cloud) return cloud[1];
  const key = ['ANTHROPIC_API_KEY', 'ANTHROPIC_AUTH_TOKEN'].find((name) => setting(name) !== undefined);
  return key ?? (text(settings?.apiKeyHelper) === null ? null : 'apiKeyHelper in its settings');
}

function settingsIn(folder: string): Record<string, unknown> | null {
  try {
    return record(parseJson(readFileSync(join(folder, 'settings.json'), 'utf8')));
  } catch {
    return null;
  }
}
