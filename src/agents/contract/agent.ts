import type { ProviderDescriptor } from './descriptor.ts';
import type { AgentLaunch } from './launch.ts';
import type { UsageSource } from './limits/reading.ts';
import type { Rehearsal } from './rehearsal.ts';
import type { TokenLog } from './tokens/use.ts';

/**
 * Everything the product knows of one agent. `src/agents/<id>/agent.ts` exports one as `agent`; the registry loads it.
 * The rules that read its screens lie beside it, in `screens.yaml`: they are data, and read without its code.
 */
export interface Agent {
  /** What is known before anything is run: how it is found, installed and signed in to, its models. */
  descriptor: ProviderDescriptor;
  launch: AgentLaunch;
  /** Where its limits are read, in the order in which the sources are asked. Loaded late: a worker needs none of it. */
  limits(): Promise<readonly UsageSource[]>;
  /** What CodexBar calls it, and through what CodexBar may ask, never a browser; left out where CodexBar does not know it. */
  codexbar?: { name: string; via: 'cli' | 'api' | 'either' };
  /** The log of tokens that it keeps on this disk; null where it keeps none. */
  tokens: TokenLog | null;
  /** How it runs against our mock of a model; left out where it cannot run without its vendor. Loaded late. */
  rehearsal?(): Promise<Rehearsal>;
}
