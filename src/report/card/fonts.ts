import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../lib/package-root.ts';

export const FONT = 'Fira Sans';
const WEIGHTS = [400, 500] as const;

/** The two fonts of the card as WOFF2, which the build ships, so that the card looks the same on every machine. */
export const fontFiles = (): { weight: number; bytes: Buffer }[] =>
  WEIGHTS.map((weight) => ({
    weight,
    bytes: readFileSync(join(packageRoot(), 'dist', 'fonts', `fira-sans-latin-${weight}-normal.woff2`)),
  }));

/** The fonts as CSS, for an SVG that another program renders. */
export const fontFaces = (): string =>
  fontFiles()
    .map(
      ({ weight, bytes }) =>
        `@font-face{font-family:'${FONT}';font-weight:${weight};src:url(data:font/woff2;base64,${bytes.toString('base64')}) format('woff2')}`,
    )
    .join('');
