import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { replicaFile, replicatedMachines } from '../../../../fleet/replicas/replica.ts';
import { readState } from '../../../../fleet/state-file.ts';
import type { Postgres } from '../../../../fleet/testing/postgres.ts';
import { until } from '../../../../lib/testing/until.ts';
import { openReader } from '../../../../projections/reader.ts';
import { sessionById } from '../../../../projections/sessions/queries.ts';
import { sessions } from '../../../../projections/sessions/sessions.ts';
import { Home } from '../../../testing/home.ts';

/** A home that is a machine of a fleet. Its agents are `witness`, which notes its messages, and `menu`. */
export class MachineHome extends Home {
  get #fleetFolder(): string {
    return join(this.folder, 'fleet');
  }

  get #witness(): string {
    return join(this.ground, 'witness');
  }

  /** Writes config.yaml: what other machines may ask for, and more settings. */
  accepts(accept: readonly string[], config: Record<string, unknown> = {}): void {
    const agents = [
      { id: 'witness', program: 'fake-witness', env: { FAKE_WITNESS: this.#witness } },
      { id: 'menu', program: 'fake-menu' },
    ];
    const policy = { max_parallel_sessions: 50 };
    this.configure(agents, { policy, ...config, fleet: { accept } });
  }

  /** The messages that the witnesses of this home have got. */
  messages(): string[] {
    if (!existsSync(this.#witness)) return [];
    const lines = readFileSync(this.#witness, 'utf8').split('\n').filter(Boolean);
    return lines.flatMap((line) => (JSON.parse(line) as { text?: string }).text ?? []);
  }

  /** A worker that waits for a message. */
  async waiting(): Promise<string> {
    const id = await this.spawn('witness');
    await until('its first message', () => this.messages().length > 0);
    return id;
  }

  /** Waits until a session of another machine is known here. */
  async knows(id: string): Promise<void> {
    await until(
      `${id} to be known elsewhere`,
      () => replicatedMachines(this.#fleetFolder).some((machine) => this.#has(machine, id)),
      () => this.#state(),
    );
  }

  /** Waits until this machine knows another one by its name. */
  async meets(name: string): Promise<void> {
    await until(
      `${name} to be known`,
      () => readState(this.#fleetFolder)?.machines.some((machine) => machine.name === name),
      () => this.#state(),
    );
  }

  /** The events of requests, in the order of the log. */
  steering(): string[] {
    return this.events().flatMap(({ type }) => (type.startsWith('steering.') ? type : []));
  }

  #has(machineId: string, id: string): boolean {
    const reader = openReader(replicaFile(this.#fleetFolder, machineId), [sessions]);
    try {
      return reader !== null && sessionById(reader, id) !== undefined;
    } finally {
      reader?.close();
    }
  }

  #state(): string {
    return JSON.stringify(readState(this.#fleetFolder));
  }
}

export interface Machines {
  laptop: MachineHome;
  desk: MachineHome;
}

/** Two machines of a fleet of their own; `prepare` is called before their watchers start. */
export async function twoMachines(
  server: Postgres,
  prepare: (desk: MachineHome, laptop: MachineHome) => void,
): Promise<Machines> {
  const database = `pool_${randomUUID().slice(0, 8)}`;
  await server.asOwner(`CREATE DATABASE ${database}`);
  const [laptop, desk] = [new MachineHome(), new MachineHome()];
  laptop.accepts([]);
  prepare(desk, laptop);
  for (const [home, name] of [
    [laptop, 'laptop'],
    [desk, 'desk'],
  ] as const)
    await joined(home, server.url('owner', database), name);
  await Promise.all([laptop.meets('desk'), desk.meets('laptop')]);
  return { laptop, desk };
}

async function joined(home: MachineHome, url: string, name: string): Promise<void> {
  const printed = await home.json(['fleet', 'join', url, '--name', name]);
  if (printed.name !== name) throw new Error(`${name} has not joined: ${JSON.stringify(printed)}`);
}
