import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { widthOf } from '../../text/width.ts';
import { indented, taskTable } from './batch-view.ts';

const rows = [
  ['task-with-a-rather-long-name', '◌ is collected', 'fake-completed', '1s', 'ap_kthjsn8jgc'],
  ['b', '– not started', 'claude-code', '', `The setup command ended with exit code 3. ${'x'.repeat(300)}`],
];

describe('the table of tasks', () => {
  it('fits into every terminal, and gives up columns for that', () => {
    for (const width of [30, 44, 59, 79, 119])
      for (const line of taskTable(rows, width)) assert.ok(widthOf(line) <= width, `${width}: ${line}`);
    assert.match(taskTable(rows, 119).join('\n'), /fake-completed +1s +ap_kthjsn8jgc/);
    assert.match(taskTable(rows, 30).join('\n'), /task.*◌ is collected/);
  });
});

describe('the reason why a task was not started', () => {
  it('has no line that looks like one of another task', () => {
    assert.equal(indented('It printed:\nother: ✓ completed'), 'It printed:\n    other: ✓ completed');
  });
});
