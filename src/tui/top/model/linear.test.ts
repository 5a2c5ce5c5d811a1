import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { lines } from '../terminal/output.ts';
import { aDetail, aSnapshot, aState, aSubscription, aWorker } from '../testing/states.ts';
import { InkPictures } from '../views/ink-pictures.ts';
import { linearOf } from './linear.ts';
import { update } from './update.ts';

const workers = [
  aWorker('AWAITING_APPROVAL', { task: 'Rename the billing tables', provider_id: 'claude-code' }),
  aWorker('RUNNING', { task: 'Fix the flaky parser test' }),
];
const subscriptions = [aSubscription('codex-cli', 'Codex', [['5h', 41, 158]])];
const state = aState(aSnapshot({ workers, subscriptions }));

const read = (of: typeof state, pictures = new InkPictures()) => {
  const rows = pictures.read(linearOf(of));
  return { columns: 80, rows, cursor: null };
};

describe('the dashboard for a screen reader', () => {
  it('is lines that make sense one by one, with the selected worker marked', () => {
    const { rows } = read(state);
    assert.deepEqual(rows.slice(0, 3), [
      'Workers:',
      '(selected) approval since 13:57: claude, Rename the billing tables',
      'running since 13:57: codex, Fix the flaky parser test',
    ]);
    assert.ok(rows.includes('Codex, 5 h: 41 percent used, lasts, resets 16:40'), rows.join('\n'));
  });

  it('reads what the selected worker asks', () => {
    const asks = {
      lines: ['Do you want to proceed?'],
      choices: [{ number: 1, label: 'Yes', checked: null }],
      form: null,
      isAboutMoney: false,
    };
    const detail = aDetail(state.selected ?? '', { words: { asks, result: null } });
    const { rows } = read({ ...state, detail });
    assert.ok(rows.includes('Do you want to proceed?') && rows.includes('1  Yes'), rows.join('\n'));
  });

  it('adds only what is new, and writes nothing while nothing changes', () => {
    const pictures = new InkPictures();
    const first = read(state, pictures);
    assert.equal(lines.text(first, read(state, pictures)), '');
    const moved = read(update(state, { kind: 'moved', by: 1 }), pictures);
    const added = lines.text(first, moved).split('\r\n');
    assert.equal(added[0], '(selected) running since 13:57: codex, Fix the flaky parser test');
    assert.ok(!added.some((row) => row.includes('billing')), added.join('\n'));
  });

  it('has no sequence of a terminal in any line', () => {
    const hostile = aState(aSnapshot({ workers: [aWorker('RUNNING', { task: 'x\x1b[2J\x9b31my' })] }));
    assert.doesNotMatch(read(hostile).rows.join(''), /[\x00-\x1f\x7f-\x9f]/);
  });
});
