import { hash } from 'node:crypto';
import { type Links, linksWith } from '../chain/links.ts';

export { rowValues, type UnhashedEvent } from '../chain/links.ts';

/** The previous hash of the first event. */
export const GENESIS = Buffer.alloc(32);

const bytesOf = (part: Uint8Array | string) => (typeof part === 'string' ? Buffer.from(part) : part);

const sha256 = (...parts: readonly (Uint8Array | string)[]): Buffer => {
  const [first = '', ...others] = parts;
  return hash('sha256', others.length === 0 ? first : Buffer.concat(parts.map(bytesOf)), 'buffer');
};

/** The hashes of the log, with the SHA-256 of Node. */
export const links: Links<Buffer> = linksWith(sha256, (bytes) => bytes.toString('hex'));

export const { rowHash, linkHash, chainHash, hashVersion } = links;
