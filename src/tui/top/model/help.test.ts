import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { hintsFor } from '../actions/index.ts';
import { aWorker } from '../testing/states.ts';
import { textOf, widthOfLine } from '../text/line.ts';
import { helpLines } from './help.ts';

describe('the help', () => {
  it('says in every width why a key does nothing now, in full', () => {
    const keys = hintsFor(aWorker('CANCELLED', { alive: 0, run: 0 }), null);
    for (const width of [48, 80, 200]) {
      const lines = helpLines(keys, width);
      assert.ok(lines.every((each) => widthOfLine(each) <= width));
      const words = lines.map(textOf).join(' ').replace(/\s+/g, ' ');
      assert.match(
        words,
        /Gather the worker's patch, result and log\. Not now: It never ran: n starts a worker\./,
      );
      assert.match(words, /h Let another agent go on .* folder\. Not now: It never ran/);
    }
  });
});
