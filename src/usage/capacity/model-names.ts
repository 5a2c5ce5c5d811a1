import { modelsOf, type UsageWindow } from '../../agents/contract/limits/sample.ts';

const tokensOf = (name: string): string[] =>
  name
    .toLowerCase()
    .replace(/\[[^\]]*\]$/, '')
    .split(/[^\p{L}\p{N}]+/u)
    .filter((token) => token !== '');

/**
 * Whether a requested model (`fable`, `claude-fable-5`, `opus[1m]`) is the one that a provider names in a limit
 * (`Fable`, `Claude Opus 4.6`, `GPT-5.3-Codex-Spark`). The request has every part of that name, or is a part of it with
 * its last word, and with all of its version or none: `codex-spark` and `opus-4.6`, but not `gpt-5.3-codex`.
 */
export function isModel(limited: string, requested: string): boolean {
  const [name, wanted] = [tokensOf(limited), tokensOf(requested)];
  if (name.length === 0 || wanted.length === 0) return false;
  if (name.every((token) => wanted.includes(token))) return true;
  const family = name.findLast((token) => !/\d/.test(token));
  if (family === undefined || !wanted.includes(family)) return false;
  const versions = [wanted, name].map((tokens) => tokens.filter((token) => /\d/.test(token)).join('.'));
  return wanted.every((token) => name.includes(token)) && ['', versions[1]].includes(versions[0]);
}

/** Whether a window limits a requested model and not the whole plan. */
export const limitsModel = (
  window: Pick<UsageWindow, 'kind' | 'scope' | 'models' | 'binds_plan'>,
  requested: string,
): boolean => {
  const models = modelsOf(window);
  if (models.length === 0) return false;
  const names = window.scope === null ? models : [...models, window.scope];
  return names.some((name) => isModel(name, requested));
};
