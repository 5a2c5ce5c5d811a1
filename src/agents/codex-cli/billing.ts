import type { BillingPlace } from '../contract/descriptor.ts';
import { codexConfig } from './config-toml.ts';

/**
 * What a Codex without a ChatGPT login is billed by: a model provider of config.toml, or a key of the environment
 * (0.169.0). Null if neither is set, or if the provider wants the login or a key that is not there.
 */
export function codexBilling(place: BillingPlace): string | null {
  const { env } = place;
  const file = codexConfig(place);
  const named = own(file, 'model_provider');
  if (named === null || named === 'openai')
    return ['OPENAI_API_KEY', 'CODEX_API_KEY'].find((name) => env[name]?.trim()) ?? null;
  const provider = tableOf(file, `model_providers.${named}`);
  if (/^\s*requires_openai_auth\s*=\s*true\b/m.test(provider)) return null;
  const key = own(provider, 'env_key');
  if (key !== null && !env[key]?.trim()) return null;
  return `model provider ${named.slice(0, 40)}`;
}

/** The value of a key at the top of a file or table, before the next table. */
function own(toml: string, key: string): string | null {
  const top = toml.split(/^\s*\[/m, 1)[0] ?? '';
  const line = new RegExp(`^[ \\t]*${key}[ \\t]*=[ \\t]*(?:"([^"\\n]*)"|'([^'\\n]*)')`, 'm').exec(top);
  return line?.[1] ?? line?.[2] ?? null;
}

/** The lines of one table; '' if there is none. Its last name may be quoted. */
function tableOf(toml: string, name: string): string {
  const lines = toml.split('\n');
  const plain = (line: string) => line.replace(/["'\s]/g, '').replace(/#.*$/, '');
  const at = lines.findIndex((line) => plain(line) === `[${name}]`);
  if (at < 0) return '';
  const rest = lines.slice(at + 1);
  const end = rest.findIndex((line) => /^\s*\[/.test(line));
  return (end < 0 ? rest : rest.slice(0, end)).join('\n');
}
