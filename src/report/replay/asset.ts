import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../lib/package-root.ts';

/** The browser part of the replay page, as the build makes it. */
export interface PageAsset {
  script: string;
  style: string;
  markup: string;
}

export const pageAsset = (): PageAsset =>
  JSON.parse(readFileSync(join(packageRoot(), 'dist', 'replay-page.json'), 'utf8')) as PageAsset;
