import { writeFile } from 'node:fs/promises';
import { extname, resolve } from 'node:path';
import { AgentPoolError, errorMessage } from '../../lib/errors.ts';
import { shell } from '../../lib/text/shell.ts';
import type { SharedCard, Stats } from '../../workers/queries/stats/stats-schema.ts';
import { cardSvg, HEIGHT, WIDTH } from './card.ts';
import { fontFaces } from './fonts.ts';

/**
 * Writes the card to a file, in the format of its extension: .png or .svg.
 * @throws INVALID_SHARE_FILE, SHARE_FAILED
 */
export async function share(stats: Stats, file: string): Promise<SharedCard> {
  const path = resolve(file);
  const format = formatOf(file);
  const bytes = format === 'svg' ? Buffer.from(cardSvg(stats, fontFaces())) : await drawn(cardSvg(stats));
  try {
    await writeFile(path, bytes);
  } catch (error) {
    throw new AgentPoolError(
      'SHARE_FAILED',
      `The card cannot be written: ${errorMessage(error)}`,
      { path, example: shell`agentpool stats --share stats.${format}` },
      { cause: error },
    );
  }
  return { path, format, width: WIDTH, height: HEIGHT, bytes: bytes.length };
}

/** Loads the renderer only when a PNG is requested. */
const drawn = async (svg: string) => (await import('./png.ts')).png(svg);

function formatOf(file: string): 'png' | 'svg' {
  const ending = extname(file).toLowerCase();
  if (ending === '.png' || ending === '.svg') return ending === '.png' ? 'png' : 'svg';
  throw new AgentPoolError(
    'INVALID_SHARE_FILE',
    `The card is a picture: name a file that ends with .png or .svg, not ${JSON.stringify(file)}.`,
    { path: file, example: 'agentpool stats --share stats.png' },
  );
}
