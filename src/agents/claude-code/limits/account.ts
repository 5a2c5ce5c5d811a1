import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { AccountPlace, LoginPlace } from '../../contract/limits/reading.ts';
import { type Json, parseJson, record, text } from '../../contract/limits/values.ts';

/** CLAUDE_CONFIG_DIR may name several folders: Claude signs in to the first. */
const configDir = ({ env }: AccountPlace): string | null =>
  env.CLAUDE_CONFIG_DIR?.split(',')[0]?.trim() || null;

/** The settings that Claude keeps beside its login; null where it has none. They hold no credential. */
export const readClaudeConfig = (place: AccountPlace): Promise<string | null> =>
  readFile(join(configDir(place) ?? place.home, '.claude.json'), 'utf8').catch(() => null);

/** The account and the organisation that pays: one person can be signed in to several. */
export function accountIn(config: Json | null): string | null {
  const account = record(config?.oauthAccount);
  const id = text(account?.accountUuid);
  return id === null ? null : [id, text(account?.organizationUuid)].filter(Boolean).join('/');
}

/** Whose limits Claude would report. */
export async function claudeAccount(place: AccountPlace): Promise<LoginPlace> {
  const config = record(parseJson((await readClaudeConfig(place)) ?? ''));
  return { folder: configDir(place) ?? join(place.home, '.claude'), id: accountIn(config) };
}
