import { sha256 } from '@noble/hashes/sha2.js';
import { hexOf } from '../../../events/chain/bytes.ts';
import { type Links, linksWith } from '../../../events/chain/links.ts';

// Not the browser's own: it hides that where a page was opened over plain http, and it answers one call at a time.

const utf8 = new TextEncoder();

const hash = (...parts: readonly (Uint8Array | string)[]): Uint8Array => {
  const sum = sha256.create();
  for (const part of parts) sum.update(typeof part === 'string' ? utf8.encode(part) : part);
  return sum.digest();
};

/** The hashes of the log, as a browser computes them. */
export const links: Links = linksWith(hash, hexOf);
