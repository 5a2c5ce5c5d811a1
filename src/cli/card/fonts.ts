import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

export const FONT = 'Fira Sans';
const WEIGHTS = [400, 500] as const;

/** The two fonts of the card, as WOFF2: it looks the same wherever it is drawn. */
export const fontFiles = (): { weight: number; bytes: Buffer }[] =>
  WEIGHTS.map((weight) => ({
    weight,
    bytes: readFileSync(fileOf(`fira-sans-latin-${weight}-normal.woff2`)),
  }));

/** Beside the bundle, where the build may put it; else in its package. */
function fileOf(name: string): string {
  const beside = join(import.meta.dirname, 'fonts', name);
  return existsSync(beside)
    ? beside
    : createRequire(import.meta.url).resolve(`@fontsource/fira-sans/files/${name}`);
}

/** The fonts as CSS, for an SVG that is drawn somewhere else. */
export const fontFaces = (): string =>
  fontFiles()
    .map(
      ({ weight, bytes }) =>
        `@font-face{font-family:'${FONT}';font-weight:${weight};src:url(data:font/woff2;base64,${bytes.toString('base64')}) format('woff2')}`,
    )
    .join('');
