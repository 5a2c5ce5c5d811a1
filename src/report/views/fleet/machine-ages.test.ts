import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { describe, it } from 'node:test';
import type { SeenMachine } from '../../../projections/seen-machine.ts';
import { agesOfMachines } from './machine-ages.ts';

const NOW = new Date('2026-03-04T12:00:00.000Z');

const machine = (name: string, msAgo: number | null, more: Partial<SeenMachine> = {}): SeenMachine => ({
  name,
  machine_id: name,
  this_machine: false,
  last_seen: msAgo === null ? null : new Date(NOW.getTime() - msAgo).toISOString(),
  last_seen_ms_ago: msAgo,
  lag: 0,
  has_left: false,
  fault: null,
  ...more,
});
const lines = (...machines: SeenMachine[]) => agesOfMachines(machines, NOW, new PassThrough());

describe('the age of what is known of other machines', () => {
  it('is not worth a line while they are there', () => {
    assert.deepEqual(lines(machine('desk', 0), machine('laptop', 30_000)), []);
  });

  it('is said of each that was not seen lately, lags behind, has left or cannot be read', () => {
    const said = lines(
      machine('laptop', 3 * 3_600_000, { lag: 12 }),
      machine('box', 0, { lag: 1 }),
      machine('gone', 0, { has_left: true }),
      machine('broken', 0, { fault: 'it is damaged' }),
      machine('new', null),
    );
    assert.deepEqual(said, [
      '! laptop: last seen 3 h ago, 12 events not here yet',
      '! box: 1 event not here yet',
      '! gone: has left the fleet',
      '! broken: it is damaged',
      '! new: when it was last seen is not known',
    ]);
  });

  it('names the first of many', () => {
    const many = Array.from({ length: 8 }, (_, index) => machine(`m${index}`, 3_600_000));
    assert.deepEqual(lines(...many).slice(4), [
      '! m4: last seen 60 min ago',
      '! 3 more: agentpool fleet status',
    ]);
  });
});
