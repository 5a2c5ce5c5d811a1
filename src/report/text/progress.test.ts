import assert from 'node:assert/strict';
import { Writable } from 'node:stream';
import { describe, it } from 'node:test';
import { shownOn } from '../../lib/text/shown-stream.ts';
import { ProgressLine } from './progress.ts';

/** The output of 100 steps with a clock that advances half a second per reading: 50 seconds. */
function progressOf(terminal: boolean): string {
  let printed = '';
  const write = (chunk: Buffer, _: string, done: () => void) => {
    printed += chunk;
    done();
  };
  const stream = shownOn(Object.assign(new Writable({ write }), { isTTY: terminal }));
  let now = 0;
  const clock = () => {
    now += 500;
    return now;
  };
  const progress = new ProgressLine(stream, 'rebuilding', { clock });
  for (let done = 0; done <= 1000; done += 10) progress.at(done, 1000);
  progress.end();
  return printed;
}

describe('the progress of a long operation', () => {
  it('is one redrawn line on a terminal, and is erased at the end', () => {
    const printed = progressOf(true);
    assert.match(printed, /\u001b\[1G\u001b\[Krebuilding: 500 of 1000 events \(50%\), about \d+ s left/);
    assert.doesNotMatch(printed, /\n/);
    assert.ok(printed.endsWith('\u001b[1G\u001b[K'));
  });

  it('is an occasional plain line in a log', () => {
    const lines = progressOf(false).trimEnd().split('\n');
    assert.ok(lines.length >= 5 && lines.length <= 12, lines.join('\n'));
    for (const line of lines)
      assert.match(line, /^rebuilding: \d+ of 1000 events \(\d+%\), about \d+ s left$/);
  });
});
