import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { AgentPoolError } from '../../lib/errors.ts';
import type { EventStore } from '../store/store.ts';
import { verifyLog } from '../store/verify.ts';
import { freshStore, notes, TEST, textsOf } from '../testing/stores.ts';
import { exportLines, importLines } from './transfer.ts';

function filled(): EventStore {
  const store = freshStore();
  store.append('a', notes('1', '2'), { ...TEST, command: { id: 'c', fingerprint: 'f' } });
  store.append('b', notes('3 — „ü“\n\u0000'), { ...TEST, causationId: 'x' });
  return store;
}

const linesOf = (store: EventStore): string[] => [...exportLines(store.read())];

async function* arriving(lines: readonly string[]): AsyncGenerator<string> {
  yield* lines;
}

async function refuses(store: EventStore, lines: readonly string[], code: string, message: RegExp) {
  const before = store.readAll({});
  await assert.rejects(importLines(store, arriving(lines)), (error) => {
    assert.ok(error instanceof AgentPoolError, String(error));
    assert.equal(error.code, code);
    assert.match(error.message, message);
    return true;
  });
  assert.deepEqual(store.readAll({}), before);
}

describe('an exported log', () => {
  it('has one line per event', () => {
    const lines = linesOf(filled());
    assert.equal(lines.length, 3);
    for (const line of lines) assert.match(line, /^\{.*\}\n$/);
  });

  it('has the same hashes after the import', async () => {
    const [from, to] = [filled(), freshStore()];
    assert.deepEqual(await importLines(to, arriving(linesOf(from))), { imported: 3, already_there: 0 });
    assert.deepEqual(to.readAll({}), from.readAll({}));
    assert.deepEqual(verifyLog(to.read()), verifyLog(from.read()));
  });

  it('continues after the events that the ledger has; importing it again changes nothing', async () => {
    const [from, to] = [filled(), freshStore()];
    await importLines(to, arriving(linesOf(from)));
    from.append('b', notes('4'), TEST);
    assert.deepEqual(await importLines(to, arriving(linesOf(from))), { imported: 1, already_there: 3 });
    assert.deepEqual(await importLines(to, arriving(linesOf(from))), { imported: 0, already_there: 4 });
    assert.deepEqual(to.readAll({}), from.readAll({}));
  });

  it('is accepted if the ledger already has more events', async () => {
    const store = filled();
    const old = linesOf(store);
    store.append('b', notes('4'), TEST);
    assert.deepEqual(await importLines(store, arriving(old)), { imported: 0, already_there: 3 });
  });

  it('accepts new events after the import', async () => {
    const [from, to] = [filled(), freshStore()];
    await importLines(to, arriving(linesOf(from)));
    to.append('a', notes('next'), { ...TEST, expectedVersion: 2 });
    assert.equal(verifyLog(to.read()).fault, null);
  });

  it('may lack the last line end, and have empty lines', async () => {
    const to = freshStore();
    const lines = linesOf(filled()).flatMap((line) => [line.trimEnd(), '', '  ']);
    assert.equal((await importLines(to, arriving(lines))).imported, 3);
  });
});

describe('an import is refused as a whole', () => {
  it('if the ledger has another history', async () => {
    const other = freshStore();
    other.append('a', notes('1'), TEST);
    await refuses(
      other,
      linesOf(filled()),
      'IMPORT_DIVERGES',
      /its first 1 events are not those of this file/,
    );
  });

  it('if a line was changed, removed, duplicated or moved', async () => {
    const [first = '', second = '', third = ''] = linesOf(filled());
    const invalid = (lines: string[], message: RegExp) =>
      refuses(freshStore(), lines, 'IMPORT_INVALID', message);
    const changed = second.replace('\\"2\\"', '\\"9\\"');
    assert.notEqual(changed, second);
    await invalid([first, changed, third], /^Line 2 cannot be imported: hash is/);
    await invalid([first, third], /^Line 2 .* position 2 is missing, 3 follows/);
    await invalid([first, first], /^Line 2 .* position 2 is missing, 1 follows/);
    await invalid([second, first], /^Line 1 /);
  });

  it('if a line is not an event, with the line number', async () => {
    const [first = '', second = ''] = linesOf(filled());
    const broken = (change: Record<string, unknown>) =>
      `${JSON.stringify({ ...(JSON.parse(second) as object), ...change })}\n`;
    const cases: [string, RegExp][] = [
      ['{"position":2,', /^Line 2 .* it is not JSON/],
      ['null', /it is not an event/],
      ['[]', /event_id is not a text/],
      [broken({ payload: {} }), /payload is not a text/],
      [broken({ command_id: 5 }), /command_id is not a text/],
      [broken({ causation_id: undefined }), /causation_id is not a text/],
      [broken({ position: 1.5 }), /position is not a number/],
      [broken({ position: 1e300 }), /position is not a number/],
      [broken({ schema_version: '1' }), /schema_version is not a number/],
      [second.slice(0, 40), /it is not JSON/],
    ];
    for (const [line, message] of cases)
      await refuses(freshStore(), [first, line], 'IMPORT_INVALID', message);
  });
});

describe('an imported log', () => {
  it('keeps events that this code cannot read', async () => {
    const [from, to] = [filled(), freshStore()];
    await importLines(to, arriving(linesOf(from)));
    assert.deepEqual(textsOf(to.read({ stream: 'b' })), ['3 — „ü“\n\u0000']);
  });
});
