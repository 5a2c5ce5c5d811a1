import { FAKE_IDS } from '../../../config/provider-ids.ts';
import { askEach, type OtherMachine } from '../../../fleet/replicas/others.ts';
import type { SeenMachine } from '../../../projections/seen-machine.ts';
import { sessions } from '../../../projections/sessions/sessions.ts';
import { activity } from '../../../projections/stats/activity.ts';
import {
  firstSpawn,
  type Workers,
  type WorkersFilter,
  workersWithin,
} from '../../../projections/stats/queries.ts';
import type { AppContext } from '../../core/context.ts';
import { earliest, type FleetWorkers, placeOf, type StatsPlace } from '../stats/stats.ts';
import { type FleetView, fleetView, seenMachines } from './machines.ts';

const READ = [sessions, activity];

/** The workers of the other machines, with their times by the clock of this one. */
export class StatsOfOthers implements FleetWorkers {
  readonly #view: FleetView;
  readonly machines: SeenMachine[];
  readonly first: FleetWorkers['first'];

  constructor(view: FleetView) {
    this.#view = view;
    const found = this.#ask((rows, { shiftMs }) => {
      const shiftedFirst = (without: readonly string[]) => {
        const first = firstSpawn(rows, without);
        return first === null ? null : first + shiftMs;
      };
      return { withFakes: shiftedFirst([]), withoutFakes: shiftedFirst(FAKE_IDS) };
    });
    this.machines = seenMachines(view, found);
    const firsts = found.flatMap(({ value }) => value ?? []);
    this.first = {
      withFakes: earliest(firsts.map(({ withFakes }) => withFakes)),
      withoutFakes: earliest(firsts.map(({ withoutFakes }) => withoutFakes)),
    };
  }

  /** The workers that were at work at some time of a window. */
  workers(filter: WorkersFilter): Workers[] {
    return this.#ask((rows, machine) => {
      const { shiftMs } = machine;
      const there = { ...filter, start: filter.start - shiftMs, end: filter.end - shiftMs };
      return workersWithin(rows, there).map((group) => this.#byThisClock(group, machine, filter.start));
    }).flatMap(({ value }) => value ?? []);
  }

  /** Of a worker that goes on, no more is known than until its machine was last seen. */
  #byThisClock(group: Workers, { shiftMs, seenMsAgo }: OtherMachine, from: number): Workers {
    const starts = group.starts.map((start) => start + shiftMs);
    const known = seenMsAgo === null ? null : Math.max(this.#view.now.getTime() - seenMsAgo, from, ...starts);
    return { ...group, starts, ends: group.ends.map((end) => (end === null ? known : end + shiftMs)) };
  }

  #ask<T>(ask: Parameters<typeof askEach<T>>[3]) {
    return askEach(this.#view.folder, this.#view.others, READ, ask);
  }
}

/** The sources of the statistics of all machines. @throws FLEET_NOT_JOINED */
export const placeOfAllMachines = (app: AppContext): StatsPlace => ({
  ...placeOf(app),
  others: new StatsOfOthers(fleetView(app)),
});
