import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { ScreenRow, StyleRun } from '../screen/screen.ts';
import { styleMark } from './style.ts';

const row = (text: string, ...runs: StyleRun[]): ScreenRow => ({ text, wrapped: false, runs });
const thinking = (style: Partial<StyleRun>) => row('Thinking', { start: 0, end: 8, ...style });

describe('the colours of the lowest rows', () => {
  it('are others once one of them changes', () => {
    const marks = [{}, { fg: '1' }, { fg: '2' }, { bg: '1' }, { bold: true }, { dim: true }, { end: 3 }].map(
      (style) => styleMark([thinking(style)], 1),
    );
    assert.equal(new Set(marks).size, marks.length);
  });

  it('are those of a sign, however many blank rows are below it, and of no row further down', () => {
    const blank = Array.from({ length: 30 }, () => row(''));
    const shown = (fg: string) => styleMark([thinking({ fg }), ...blank], 31);
    assert.notEqual(shown('1'), shown('2'));
    const below = (fg: string) => styleMark([thinking({ fg: '1' }), thinking({ fg })], 1);
    assert.equal(below('1'), below('2'));
  });

  it('are equal for equal rows', () => {
    const runs = fc.record({ start: fc.nat(200), end: fc.nat(200), fg: fc.string(), dim: fc.boolean() });
    fc.assert(
      fc.property(fc.array(fc.array(runs)), (rows) => {
        const drawn = () => rows.map((of) => row('x', ...structuredClone(of)));
        assert.equal(styleMark(drawn(), rows.length), styleMark(drawn(), rows.length));
      }),
    );
  });
});
