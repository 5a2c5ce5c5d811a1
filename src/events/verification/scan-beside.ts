import { Beside } from './beside.ts';
import type { LogPart, LogScan } from './scan.ts';

export interface ScanQuestion {
  file: string;
  part: LogPart;
}

/** A scan in another thread; null when this AgentPool was not built. */
export const scanBeside = (file: string, part: LogPart): Beside<LogScan> | null =>
  Beside.start<LogScan>('scan-thread.js', { file, part } satisfies ScanQuestion);
