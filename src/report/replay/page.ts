import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { packageRoot } from '../../lib/package-root.ts';
import { type PageData, recordingBlock } from './page-data.ts';

const pack = promisify(gzip);

/** The browser part of the replay page, as the build makes it. */
interface PageAsset {
  script: string;
  style: string;
  markup: string;
}

export interface PageParts {
  data: PageData;
  /** By lane: the lines of the worker's recording; null where it has none. */
  recordings: readonly (string | null)[];
}

/**
 * One self-contained page, which makes no request. What workers have printed cannot run: events are JSON in which no
 * character can end the block, recordings are base64, the page builds no markup from either, and its policy allows one
 * script and one style, by their hashes.
 */
export async function replayPage(
  { data, recordings }: PageParts,
  asset: PageAsset = pageAsset(),
): Promise<string> {
  const { script, style, markup } = asset;
  const policy = [
    "default-src 'none'",
    `script-src ${sourceHash(script)}`,
    `style-src ${sourceHash(style)}`,
    "base-uri 'none'",
    "form-action 'none'",
    "require-trusted-types-for 'script'",
  ].join('; ');
  const head = [
    `<meta http-equiv="Content-Security-Policy" content="${policy}">`,
    `<style>${style}</style>`,
  ].join('\n');
  const body = [
    `<script type="application/json" id="data">${embedded(data)}</script>`,
    ...(await Promise.all(recordings.map(recordingElement))).filter((element) => element !== ''),
    `<script>${script}</script>`,
  ].join('\n');
  // The policy comes first: it must be in force before anything else is read.
  return markup
    .replace('<head>\n<meta charset="utf-8">', () => `<head>\n<meta charset="utf-8">\n${head}`)
    .replace('<!-- policy and style -->\n', '')
    .replace('<!-- data and script -->', () => body);
}

const pageAsset = (): PageAsset =>
  JSON.parse(readFileSync(join(packageRoot(), 'dist', 'replay-page.json'), 'utf8')) as PageAsset;

const sourceHash = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

/**
 * JSON for a data block: no character of it can end the block or open another, and JSON.parse gives back the same. What
 * cannot be seen is escaped too, so that the page survives every way of copying a text, such as a terminal that removes it.
 */
const embedded = (value: unknown): string =>
  JSON.stringify(value).replace(
    /[<>&\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu,
    (character) => [...Array(character.length).keys()].map((at) => escapedAt(character, at)).join(''),
  );

const escapedAt = (text: string, at: number): string =>
  `\\u${text.charCodeAt(at).toString(16).padStart(4, '0')}`;

async function recordingElement(lines: string | null, lane: number): Promise<string> {
  if (lines === null || lines === '') return '';
  const packed = await pack(lines);
  return `<script type="text/plain" id="${recordingBlock(lane)}">${packed.toString('base64')}</script>`;
}
