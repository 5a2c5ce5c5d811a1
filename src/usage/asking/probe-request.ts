import type { SourceContext, UsageSource } from '../../agents/contract/limits/reading.ts';
import type { UsageSample } from '../../agents/contract/limits/sample.ts';
import type { Child, ChildSpec } from '../../lib/process/child.ts';
import type { Backend } from '../backends/index.ts';
import type { Login } from './account.ts';
import type { RetryMemory } from './retry-memory.ts';

export interface ProbeTarget {
  /** The key of the account. */
  provider_id: string;
  /** The words of the command line that starts the agent; null when it is not installed. */
  agent: readonly string[] | null;
  /** What it is billed by without a subscription; null or left out if nothing is set up. */
  billing?: string | null;
  /** Whose limits these are; null or left out if nothing says so. */
  login?: Login | null;
}

export interface ProbeRequest extends ProbeSettings {
  targets: readonly ProbeTarget[];
}

export interface ProbeSettings {
  backend: Backend;
  /** Whether sources that need a terminal may be asked. */
  interactive: boolean;
  /** The overall deadline, in milliseconds; providers that have not answered by then are cut off. */
  deadline_ms: number;
  lastGood(provider: string): UsageSample | undefined;
  env: SourceContext['env'];
  home: string;
  helpers: SourceContext['helpers'];
  workdir: string;
  now(): Date;
  /** When each source may be asked again; left out where that is of no concern. */
  retries?: RetryMemory;
  /** How long a source is waited for before the next one is asked beside it, in milliseconds. */
  patience_ms?: number;
  fetch?: typeof fetch;
  start?: (spec: ChildSpec) => Child;
  sources?: (provider: string, backend: Backend) => readonly UsageSource[] | Promise<readonly UsageSource[]>;
}
