import { join } from 'node:path';
import { fileText } from '../../lib/files/file-text.ts';
import type { ProgramPlace } from '../contract/launch.ts';

/** The user's config.toml, without the mark that an editor may have put before it; '' where it cannot be read. */
export const codexConfig = ({ env, home }: Pick<ProgramPlace, 'env' | 'home'>): string =>
  (fileText(join(env.CODEX_HOME || join(home, '.codex'), 'config.toml')) ?? '').replace(/^\uFEFF/, '');
