import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

export const FONT = 'Fira Sans';
const WEIGHTS = [400, 500] as const;

const { resolve } = createRequire(import.meta.url);

/** The two fonts of the card, as WOFF2: it looks the same wherever it is drawn. */
export const fontFiles = (): { weight: number; bytes: Buffer }[] =>
  WEIGHTS.map((weight) => ({
    weight,
    bytes: readFileSync(resolve(`@fontsource/fira-sans/files/fira-sans-latin-${weight}-normal.woff2`)),
  }));

/** The fonts as CSS, for an SVG that is drawn somewhere else. */
export const fontFaces = (): string =>
  fontFiles()
    .map(
      ({ weight, bytes }) =>
        `@font-face{font-family:'${FONT}';font-weight:${weight};src:url(data:font/woff2;base64,${bytes.toString('base64')}) format('woff2')}`,
    )
    .join('');
