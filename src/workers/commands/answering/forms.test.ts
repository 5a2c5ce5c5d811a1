import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { Home } from '../../testing/home.ts';

const WAITS = ['--wait-for', 'question,approval_prompt', '--timeout', '60'];

describe('answering a form', () => {
  const home = new Home({
    agents: ['boxes', 'pages', 'stubborn', 'jumpy'].map((id) => ({
      id,
      program: 'fake-form',
      env: { FAKE_FORM: id },
    })),
  });
  const spawn = async (id: string): Promise<string> => {
    const worker = await home.spawn(id);
    await home.json(['observe', worker, ...WAITS]);
    return worker;
  };
  const submitted = async (worker: string): Promise<string> => {
    await home.json(['observe', worker, '--wait-for', 'completed', '--timeout', '60']);
    return /Submitted: (.*)\./.exec(readFileSync(home.session(worker).transcript_path, 'utf8'))?.[1] ?? '';
  };
  const refused = async (worker: string, ...words: string[]) =>
    (await home.json(['answer', worker, ...words])).error?.code;

  it('shows its parts to whoever observes it, its words only where they are requested', async () => {
    const worker = await spawn('boxes');
    const { dialog } = await home.json(['observe', worker]);
    assert.deepEqual([dialog.multi_select, dialog.submit, dialog.question], [true, 'choice', null]);
    assert.equal(dialog.choices[0].label, null);
    const excerpt = await home.json(['observe', worker, '--detail', 'excerpt']);
    assert.equal(excerpt.dialog.choices[0].label, 'parser');
    const shown = await home.json(['session', 'show', worker]);
    assert.deepEqual(
      shown.dialog.tabs.map(({ label }: { label: string }) => label),
      ['Parts', 'Submit'],
    );
    const answered = await home.json(['answer', worker, '--choices', '1,3']);
    assert.equal(answered.delivery, 'delivered', JSON.stringify(answered));
    assert.equal(await submitted(worker), 'Parts = parser tests');
  });

  it('names the right form for a wrong one, and presses nothing', async () => {
    const worker = await spawn('boxes');
    assert.equal(await refused(worker), 'INVALID_REQUEST');
    assert.equal(await refused(worker, '--choice', '1', '--choices', '2'), 'INVALID_REQUEST');
    assert.equal(await refused(worker, '--submit'), 'FORM_INCOMPLETE');
    assert.equal(await refused(worker, '--choices', '1,9'), 'CHOICE_NOT_FOUND');
    assert.equal(await refused(worker, '--choices', '1,Chat about this'), 'FORM_MISMATCH');
    assert.equal(await refused(worker, '--choices', 'Type something'), 'FORM_MISMATCH');
    const { dialog } = await home.json(['session', 'show', worker]);
    assert.ok(dialog.choices.every(({ checked }: { checked: boolean | null }) => !checked));
    const answered = await home.json(['answer', worker, '--choices', 'printer', '--text', 'the docs']);
    assert.equal(answered.delivery, 'delivered', JSON.stringify(answered));
    assert.equal(await submitted(worker), 'Parts = printer the docs');
  });

  it('leaves the review of several pages to --submit', async () => {
    const worker = await spawn('pages');
    assert.equal(await refused(worker, '--choices', '1,2'), 'FORM_MISMATCH');
    const first = await home.json(['answer', worker, '--choice', 'printer']);
    assert.equal(first.next?.question, 'Which parts may change?', JSON.stringify(first));
    const second = await home.json(['answer', worker, '--choice', 'tests']);
    assert.equal(second.next?.review, true, JSON.stringify(second));
    const last = await home.json(['answer', worker, '--submit']);
    assert.deepEqual([last.delivery, last.submitted], ['delivered', true]);
    assert.equal(await submitted(worker), 'Order = printer; Parts = tests');
  });

  it('does not submit a form that has a question without an answer', async () => {
    const worker = await spawn('pages');
    assert.equal(await refused(worker, '--choice', '1', '--submit'), 'FORM_INCOMPLETE');
    const { dialog } = await home.json(['session', 'show', worker]);
    assert.equal(dialog.question, 'Which parts may change?');
  });

  it('stops where a box is not ticked, and where another dialog comes in between', async () => {
    const stubborn = await spawn('stubborn');
    const { error } = await home.json(['answer', stubborn, '--choices', '1,2']);
    assert.equal(error.code, 'DIALOG_STUCK');
    assert.match(error.message, /the box of choice 2 was not ticked/);
    assert.deepEqual(
      error.details.dialog.choices.slice(0, 3).map(({ checked }: { checked: boolean }) => checked),
      [true, false, false],
    );
    const jumpy = await spawn('jumpy');
    assert.equal(await refused(jumpy, '--choices', '2,3'), 'DIALOG_STUCK');
    const { dialog } = await home.json(['session', 'show', jumpy]);
    assert.equal(dialog.question, 'Delete everything?');
  });
});
