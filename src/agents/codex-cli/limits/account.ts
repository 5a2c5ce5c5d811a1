import { join } from 'node:path';
import type { AccountPlace, LoginPlace } from '../../contract/limits/reading.ts';

/** Codex keeps its account beside its tokens, so only its answer says which one it is. An empty variable is none. */
export const codexAccount = async (place: AccountPlace): Promise<LoginPlace> => ({
  folder: codexHome(place),
  id: null,
});

export const codexHome = ({ env, home }: AccountPlace): string =>
  env.CODEX_HOME?.trim() || join(home, '.codex');
