import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

/** The size of the pages of every ledger. */
export const LEDGER_PAGE = 4096;

/** How a page of a table begins: https://www.sqlite.org/fileformat2.html#b_tree_pages */
const [INTERIOR, LEAF] = [0x05, 0x0d];
const [CELLS, LAST_CHILD, FIRST_CELL] = [3, 8, 12];

/**
 * The pages at which a table may begin: those of tables to which no other page leads. Needs no list of tables. A ledger
 * that was migrated has its events anywhere in the file, and what they were before may still be in free pages.
 */
export function rootsOf(file: string): number[] {
  const interior: number[] = [];
  const leaves: number[] = [];
  const children = new Set<number>();
  const descriptor = openSync(file, 'r');
  try {
    const pages = Math.ceil(fstatSync(descriptor).size / LEDGER_PAGE);
    const page = Buffer.alloc(LEDGER_PAGE);
    for (let number = 2; number <= pages; number++) {
      readSync(descriptor, page, 0, LEDGER_PAGE, (number - 1) * LEDGER_PAGE);
      if (page[0] === LEAF) leaves.push(number);
      if (page[0] !== INTERIOR) continue;
      interior.push(number);
      for (const child of childrenOf(page)) children.add(child);
    }
  } finally {
    closeSync(descriptor);
  }
  return [...interior, ...leaves].filter((number) => !children.has(number));
}

function childrenOf(page: Buffer): number[] {
  const cells = Math.min(page.readUInt16BE(CELLS), (LEDGER_PAGE - FIRST_CELL) / 2);
  const offsets = Array.from({ length: cells }, (_, index) => page.readUInt16BE(FIRST_CELL + 2 * index));
  const within = [LAST_CHILD, ...offsets].filter((offset) => offset <= LEDGER_PAGE - 4);
  return within.map((offset) => page.readUInt32BE(offset));
}

/** In a first page: where the content of its cells begins, and the offset of the first cell. */
const [CONTENT, CELL] = [105, 108];
/** In the row of a table: the bytes before the kind of its root, and before the root itself. */
const [ROOT_KIND, ROOT] = [2 + 1 + 4, 2 + 1 + 7 + 'tableeventsevents'.length];
/** An integer of four bytes: https://www.sqlite.org/fileformat2.html#record_format */
const INT_32 = 4;

/** Sets where the table `events` begins, the only one that a first page knows, whose root is written in one byte. */
export function setRoot(page: Buffer, root: number): void {
  const offset = page.readUInt16BE(CELL);
  const row = Buffer.from(page.subarray(offset));
  const wider = Buffer.alloc(4);
  wider.writeUInt32BE(root);
  const changed = Buffer.concat([row.subarray(0, ROOT), wider, row.subarray(ROOT + 1)]);
  // The size of the row in seven bits per byte: it is two bytes long before and after.
  const size = ((changed.readUInt8(0) & 0x7f) << 7) + changed.readUInt8(1) + 3;
  changed.writeUInt8(0x80 | (size >> 7), 0);
  changed.writeUInt8(size & 0x7f, 1);
  changed.writeUInt8(INT_32, ROOT_KIND);
  changed.copy(page, offset - 3);
  page.writeUInt16BE(offset - 3, CONTENT);
  page.writeUInt16BE(offset - 3, CELL);
}
