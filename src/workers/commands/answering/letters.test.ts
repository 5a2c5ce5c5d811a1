import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { Home } from '../../testing/home.ts';

describe('answering with letters', () => {
  const home = new Home({
    agents: ['row', 'words', 'list', 'line', 'field', 'deaf'].map((id) => ({
      id,
      program: 'fake-letters',
      env: { FAKE_LETTERS: id },
    })),
  });
  const asking = async (id: string): Promise<string> => {
    const worker = await home.spawn(id);
    const waits = ['--wait-for', 'approval_prompt,question', '--timeout', '60'];
    const seen = await home.json(['observe', worker, ...waits]);
    assert.equal(seen.event, id === 'field' ? 'question' : 'approval_prompt', JSON.stringify(seen));
    return worker;
  };
  const taken = async (worker: string): Promise<string> => {
    await home.json(['observe', worker, '--wait-for', 'completed', '--timeout', '60']);
    return /Taken: "(.*)"\./.exec(readFileSync(home.session(worker).transcript_path, 'utf8'))?.[1] ?? '';
  };

  for (const [id, choice, keys] of [
    ['row', 'Approve', ['y']],
    ['row', '2', ['n']],
    ['words', 'always', ['a']],
    ['list', 'No', ['n']],
    ['line', 'yes', ['y', 'Enter']],
  ] as const)
    it(`presses the key of its choice, and only that: ${id}, ${choice}`, async () => {
      const worker = await asking(id);
      const answered = await home.json(['answer', worker, '--choice', choice]);
      assert.deepEqual([answered.delivery, answered.keys], ['delivered', keys], JSON.stringify(answered));
      assert.equal(await taken(worker), keys[0]);
    });

  it("opens the field of one's own words with the letter that is shown for it", async () => {
    const worker = await asking('field');
    const { keys, delivery } = await home.json(['answer', worker, '--text', 'the third']);
    assert.deepEqual([keys, delivery], [['z', 'Enter'], 'delivered']);
    assert.equal(await taken(worker), 'the third');
  });

  it('is said with the letter too, which another label may contain', async () => {
    const worker = await asking('row');
    const { choice, keys } = await home.json(['answer', worker, '--choice', 'y']);
    assert.deepEqual([choice, keys], [{ number: 1, label: 'Approve' }, ['y']]);
  });

  it('presses nothing for a letter that is not shown, nor text', async () => {
    const worker = await asking('list');
    const code = async (...words: string[]) => (await home.json(['answer', worker, ...words])).error?.code;
    assert.equal(await code('--choice', 'x'), 'CHOICE_NOT_FOUND');
    assert.equal(await code('--choice', '4'), 'CHOICE_NOT_FOUND');
    assert.equal(await code('--choice', 'No', '--text', 'later'), 'CHOICE_TAKES_NO_TEXT');
    assert.equal((await home.json(['send', worker, 'yes'])).error?.code, 'DIALOG_WAITS');
  });

  it('is not proven where the dialog stays', async () => {
    const { delivery, keys } = await home.json(['answer', await asking('deaf'), '--choice', 'Deny']);
    assert.deepEqual([delivery, keys], ['unproven', ['n']]);
  });
});
