import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { initWasm, Resvg } from '@resvg/resvg-wasm';
import { packageRoot } from '../../lib/package-root.ts';
import { FONT, fontFiles } from './fonts.ts';

let ready: Promise<void> | null = null;

/** Renders an SVG at its own size, with only our fonts. */
export async function png(svg: string): Promise<Uint8Array> {
  ready ??= initWasm(readFile(join(packageRoot(), 'dist', 'resvg.wasm')));
  await ready;
  const drawing = new Resvg(svg, {
    font: {
      fontBuffers: fontFiles().map(({ bytes }) => bytes),
      defaultFontFamily: FONT,
      sansSerifFamily: FONT,
    },
  });
  return drawing.render().asPng();
}
