import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { openSqlite } from '../events/store/connection.ts';
import { HeldTables } from './held-tables.ts';
import { kept, keptWhile, type Projection, plus, Tables } from './projection.ts';

const IDS = ['a', 'b', 'c'];

/** A projection with a held table, one whose rows are found through another, and one that is not held. */
const projection: Projection = {
  name: 'test',
  version: 1,
  tables: ['facts', 'states', 'counts'],
  held: { states: 'position', counts: 'id' },
  schema: `
    CREATE TABLE {facts} (position INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE) STRICT;
    CREATE TABLE {states} (position INTEGER PRIMARY KEY, state TEXT NOT NULL, since INTEGER, ended INTEGER) STRICT;
    CREATE TABLE {counts} (id TEXT PRIMARY KEY, n INTEGER NOT NULL DEFAULT 5, mark TEXT) STRICT;`,
  apply: {},
};

const byId = { column: 'position', table: 'facts', key: 'id' };

type Step = (tables: Tables) => void;

const id = fc.constantFrom(...IDS);
const state = fc.constantFrom('x', 'y');
const number = fc.integer({ min: 0, max: 99 });

/** Every kind of change, on rows that are there and on others; `INSERT OR IGNORE` so that none is refused. */
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.tuple(id, number).map(
    ([id, position]): Step =>
      (tables) => {
        if (tables.value('facts', 'id', position, 'position') !== undefined) return;
        if (tables.get('SELECT 1 FROM {facts} WHERE id = ?', id)) return;
        tables.insert('facts', { position, id });
        tables.insert('states', { position, state: 'new' });
      },
  ),
  fc.tuple(id, state, number).map(
    ([id, state, at]): Step =>
      (tables) =>
        tables.update(
          'states',
          id,
          {
            since: keptWhile('since', 'state', state, at),
            state,
            ended: state === 'y' ? kept('ended', at) : null,
          },
          byId,
        ),
  ),
  fc.tuple(number, state).map(
    ([position, state]): Step =>
      (tables) =>
        tables.update('states', position, { state }, 'position'),
  ),
  id.map(
    (id): Step =>
      (tables) =>
        tables.run('INSERT OR IGNORE INTO {counts} (id) VALUES (?)', id),
  ),
  id.map(
    (id): Step =>
      (tables) => {
        if (tables.value('counts', 'n', id) === undefined) tables.insert('counts', { id, mark: null });
      },
  ),
  fc.tuple(id, number).map(
    ([id, by]): Step =>
      (tables) =>
        tables.update('counts', id, { n: plus('n', by) }),
  ),
  fc.tuple(id, state).map(
    ([id, mark]): Step =>
      (tables) =>
        tables.update('counts', id, { mark, n: plus('n', 1) }, 'id', { mark }),
  ),
  id.map(
    (id): Step =>
      (tables) =>
        tables.remove('counts', id, 'id'),
  ),
  id.map(
    (id): Step =>
      (tables) =>
        tables.run("UPDATE {counts} SET mark = mark || '!' WHERE id <> ?", id),
  ),
  id.map(
    (id): Step =>
      (tables) => {
        const found = tables.value('states', 'state', id, byId);
        tables.run('INSERT OR REPLACE INTO {counts} (id, mark) VALUES (?, ?)', id, found ?? null);
      },
  ),
);

const flush: Step = (tables) => {
  if (tables instanceof HeldTables) tables.flush();
};

/** The rows of all tables after the steps. */
function after(steps: readonly Step[], held: Projection | null): unknown[] {
  const connection = openSqlite(':memory:');
  const tables = held ? new HeldTables(connection, 1, [held]) : new Tables(connection, 1);
  tables.execute(projection.schema);
  for (const step of [...steps, flush]) step(tables);
  const rows = projection.tables.map((table) =>
    connection.prepare(`SELECT * FROM ${table}__1 ORDER BY 1`).all(),
  );
  connection.close();
  return rows;
}

describe('tables whose rows are held', () => {
  it('have the same rows as tables that are written with each change, whenever they are written', () =>
    fc.assert(
      fc.property(
        fc.array(fc.oneof({ weight: 8, arbitrary: step }, { weight: 1, arbitrary: fc.constant(flush) })),
        fc.constantFrom('id', 'position', null),
        (steps, factsBy) => {
          const held = { ...projection.held, ...(factsBy === null ? {} : { facts: factsBy }) };
          assert.deepEqual(after(steps, { ...projection, held }), after(steps, null));
        },
      ),
      { numRuns: 300 },
    ));
});
