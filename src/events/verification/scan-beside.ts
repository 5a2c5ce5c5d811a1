import { Beside } from './beside.ts';
import type { Part, Scan } from './scan.ts';

export interface ScanQuestion {
  file: string;
  part: Part;
}

/** A scan in another thread; null when this AgentPool was not built. */
export const scanBeside = (file: string, part: Part): Beside<Scan> | null =>
  Beside.start<Scan>('scan-thread.js', { file, part } satisfies ScanQuestion);
