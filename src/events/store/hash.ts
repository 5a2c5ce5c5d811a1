import { createHash } from 'node:crypto';
import { type Links, linksWith } from '../chain/links.ts';

export { rowValues, type UnhashedEvent } from '../chain/links.ts';

/** The previous hash of the first event. */
export const GENESIS = Buffer.alloc(32);

const sha256 = (...parts: readonly (Uint8Array | string)[]): Buffer => {
  const sum = createHash('sha256');
  for (const part of parts) sum.update(part);
  return sum.digest();
};

/** The hashes of the log, with the SHA-256 of Node. */
export const links: Links<Buffer> = linksWith(sha256, (bytes) => bytes.toString('hex'));

export const { rowHash, linkHash, chainHash, hashVersion } = links;
