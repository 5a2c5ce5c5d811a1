import { createReadStream } from 'node:fs';
import { resolve } from 'node:path';
import type { Readable } from 'node:stream';
import type { StoredEvent } from '../../events/event.ts';
import { historyLine } from '../../events/transfer/history-file.ts';
import { type Gap, gapIn } from '../../events/transfer/part.ts';
import { storing } from '../../lib/files/private-files.ts';
import { linesOf } from '../../report/text/lines.ts';

export interface HistoryFile {
  events: StoredEvent[];
  /** What it leaves out, by the position of the event that follows. */
  gaps: Map<number, Gap>;
}

/** Reads an exported history; `-` is stdin. */
export async function readHistory(file: string, stdin: Readable): Promise<HistoryFile> {
  const path = file === '-' ? '-' : resolve(file);
  return storing(path, async () => {
    const events: StoredEvent[] = [];
    const gaps = new Map<number, Gap>();
    let number = 0;
    for await (const line of linesOf(path === '-' ? stdin : createReadStream(path))) {
      number += 1;
      const gap = gapIn(line);
      if (gap) gaps.set(gap.to + 1, gap);
      const event = gap ? null : historyLine(line, number);
      if (event) events.push(event);
    }
    return { events, gaps };
  });
}
