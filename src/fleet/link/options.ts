import type { EventStore } from '../../events/store/store.ts';
import type { Env } from '../../lib/process/environment.ts';
import type { Member } from '../../machines/membership/decide.ts';
import type { RepositoryId } from '../../workspace/git/identity.ts';
import type { LeaseReport } from '../leases/keeper.ts';
import type { LinkState } from '../state-file.ts';

/** What a link to the database of a fleet works with. */
export interface LinkOptions {
  /** The log of this machine, to read. */
  store: EventStore;
  /** Where the logs of the other machines are kept. */
  folder: string;
  member: Member;
  env: Env;
  /** Where this AGENTPOOL_HOME is, as `placeOfHome` says. */
  place: string;
  version: string;
  now(): Date;
  monotonic(): number;
  /** What a folder is a clone of; null if it is of none that other machines know. */
  repositoryOf(folder: string): Promise<RepositoryId | null>;
  /** Called with what has become of leases, until the ledger says the same. */
  onLeases?(reports: LeaseReport[]): void;
  /** Called with what has failed without ending the link. */
  onFault?(what: string, error: unknown): void;
  /** Called with the machines that have asked something of another one, once that is here. */
  onAsked?(machineIds: string[]): void;
  /** Called when the link has changed its state. */
  onState?(state: LinkState): void;
}
