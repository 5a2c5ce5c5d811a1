import { Replica } from './replica.ts';

/** The logs of the other machines, each opened when it is first needed. */
export class Replicas {
  readonly #folder: string;
  readonly #open = new Map<string, Replica>();

  constructor(folder: string) {
    this.#folder = folder;
  }

  of(machineId: string): Replica {
    let replica = this.#open.get(machineId);
    if (!replica) {
      replica = new Replica(this.#folder, machineId);
      this.#open.set(machineId, replica);
    }
    return replica;
  }

  close(): void {
    for (const replica of this.#open.values()) replica.close();
    this.#open.clear();
  }
}
