import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { meaningOf } from './controls.ts';
import { frameOf } from './model/layout.ts';
import type { State } from './model/state.ts';
import { update } from './model/update.ts';
import { InputReader } from './terminal/input.ts';
import { aDetail, aSnapshot, aState, aWorker } from './testing/states.ts';

const workers = [aWorker('RUNNING', { task: 'One' }), aWorker('RUNNING', { task: 'Two' })];
const base = aState(aSnapshot({ workers }), 100, 30);
const rows = Array.from({ length: 60 }, (_, row) => ({ text: `row ${row}`, runs: [] }));
const long = aDetail(base.selected ?? '', {
  screen: { kind: 'loaded', value: { cols: 80, rows, cursor: null } },
});
const state: State = { ...base, detail: long };

/** The state after these keys, as far as they change it. */
function after(from: State, ...texts: string[]): State {
  const reader = new InputReader();
  return texts
    .flatMap((text) => [...reader.read(text), ...reader.flush()])
    .reduce((at, input) => {
      const meaning = meaningOf(input, at, frameOf(at));
      return meaning?.kind === 'change' ? update(at, meaning.change) : at;
    }, from);
}

const meaning = (text: string, from = state) => {
  const [input] = new InputReader().read(text);
  return input ? meaningOf(input, from, frameOf(from)) : null;
};

describe('the keys of the dashboard', () => {
  it('select a worker with arrows, j and k', () => {
    const second = workers[1]?.session.id;
    assert.equal(after(state, '\x1b[B').selected, second);
    assert.equal(after(state, 'j').selected, second);
    assert.equal(after(state, 'j', 'k').selected, state.selected);
  });

  it('choose a tab by number, arrows and Tab', () => {
    assert.equal(after(state, '3').tab, 'timeline');
    assert.equal(after(state, '\x1b[C', '\t').tab, 'timeline');
    assert.equal(after(state, '\x1b[D').tab, 'facts');
  });

  it('scroll no further than the text, so that one step back is seen', () => {
    const up = '\x1b[5~';
    const far = after(state, ...Array<string>(30).fill(up));
    assert.equal(far.scroll, frameOf(state).mostScroll);
    assert.ok(far.scroll > 0 && after(far, '\x1b[6~').scroll < far.scroll);
  });

  it('start an action, the help, or the end', () => {
    assert.deepEqual(meaning('a'), { kind: 'action', key: 'a' });
    assert.deepEqual(meaning('\r'), { kind: 'action', key: 'enter' });
    assert.deepEqual(meaning('?'), { kind: 'help' });
    assert.deepEqual(meaning('q'), { kind: 'quit' });
    assert.deepEqual(meaning('\x03'), { kind: 'quit' });
    assert.deepEqual(meaning('\x1a'), { kind: 'suspend' });
    assert.equal(meaning('z'), null);
  });

  it('are words while the filter is typed, and keys again after Enter', () => {
    const typing = after(state, '/', 'q', 'x', '\x7f', '\x1b[200~uit\x1b[201~');
    assert.equal(typing.filter, 'quit');
    assert.equal(after(typing, '\r').isFiltering, false);
    assert.equal(after(typing, '\x1b').filter, '');
    assert.deepEqual(meaning('\x03', typing), { kind: 'quit' });
  });
});

describe('the mouse', () => {
  it('scrolls what is under it', () => {
    const lines = frameOf(state).hits;
    const detail = lines.find(({ target }) => target.kind === 'detail');
    const list = lines.find(({ target }) => target.kind === 'workers');
    assert.ok(detail && list);
    const wheel = (code: number, row: number) => `\x1b[<${code};3;${row + 1}M`;
    assert.equal(after(state, wheel(64, detail.row)).scroll, 3);
    assert.equal(after(state, wheel(65, list.row)).selected, workers[1]?.session.id);
  });
});
