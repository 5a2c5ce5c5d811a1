import zlib from 'node:zlib';
import { decompress } from 'fzstd';

/** Node has it since 22.15. */
const native = (zlib as { zstdDecompressSync?: (data: Uint8Array) => Uint8Array }).zstdDecompressSync;

/** What a zstd file holds. Throws on data that is damaged or cut off. A bundle of its own: few commands need it. */
export const unzstd: (data: Uint8Array) => Uint8Array = native ?? ((data) => decompress(data));
