import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';
import { packageRoot } from '../../../lib/package-root.ts';
import { Home } from '../../../workers/testing/home.ts';

const menu = join(packageRoot(), 'fixtures', 'agents', 'fake-menu.mjs');
const custom = (id: string, dialog: string) => ({
  id,
  command: [process.execPath, menu],
  prompt_mode: 'arg',
  env: { FAKE_MENU: dialog },
});

describe('agentpool answer', () => {
  const app = new Home();
  before(() => {
    mkdirSync(app.folder, { recursive: true });
    // JSON is YAML.
    const custom_providers = [
      custom('menu', 'approval'),
      custom('paid', 'overage'),
      custom('own', 'own'),
      custom('denied', 'denied'),
    ];
    writeFileSync(join(app.folder, 'config.yaml'), JSON.stringify({ version: 1, custom_providers }));
    // A rule of the user: no built-in rule recognises an unknown agent's dialog as a paid offer.
    const pay = {
      name: 'pay',
      yields: 'overage',
      priority: 950,
      region: 'screen',
      when: [{ contains: 'extra usage?' }],
    };
    mkdirSync(join(app.folder, 'detectors'));
    writeFileSync(
      join(app.folder, 'detectors', 'general.yaml'),
      JSON.stringify({ provider: 'general', rules: [pay] }),
    );
  });

  const spawn = async (provider: string, awaited: string): Promise<string> => {
    const { session_id } = await app.json(['spawn', '--provider', provider, '--task', 'Mend the test']);
    const seen = await app.json(['observe', session_id, '--wait-for', awaited, '--timeout', '60']);
    assert.ok(awaited.split(',').includes(seen.event), JSON.stringify(seen));
    return session_id;
  };

  it('selects the named choice, and reports it', async () => {
    const id = await spawn('menu', 'approval_prompt');
    const unknown = await app.json(['answer', id, '--choice', 'perhaps']);
    assert.equal(unknown.error.code, 'CHOICE_NOT_FOUND');
    assert.equal(unknown.error.details.choices.length, 3);
    // The person has read another dialog than the one that is there now.
    const changed = await app.json(['answer', id, '--choice', '1', 'No, keep them']);
    assert.equal(changed.error.code, 'CHOICE_NOT_FOUND');
    assert.match(changed.error.message, /Choice 1 \(Yes\) is not "No, keep them"/);
    const words = ['--choice', '3', 'No, and  tell the'];
    const answered = await app.json(['answer', id, ...words], { wholeProcess: true });
    assert.equal(answered.question, 'Do you want to run npm test?');
    assert.equal(answered.choice.number, 3);
    assert.deepEqual(answered.keys, ['Down', 'Down', 'Enter']);
    assert.equal(answered.delivery, 'delivered');
    const done = await app.json(['observe', id, '--wait-for', 'completed', '--timeout', '60']);
    assert.equal(done.event, 'completed');
    const { stdout } = await app.run(['transcript', id]);
    assert.match(stdout, /Choice 3 was taken/);
    const verification = await app.run(['replay', id, '--verify']);
    assert.equal(verification.code, 0, verification.stdout + verification.stderr);
  });

  it('types the text of the user into a choice that takes one', async () => {
    const id = await spawn('own', 'question,approval_prompt');
    const words = ['--text', 'first the\ntests'];
    const refused = await app.json(['answer', id, '--choice', '1', ...words]);
    assert.equal(refused.error.code, 'CHOICE_TAKES_NO_TEXT');
    const answered = await app.json(['answer', id, 'something', ...words]);
    assert.equal(answered.delivery, 'delivered', JSON.stringify(answered));
    assert.deepEqual(answered.keys.slice(-1), ['Enter']);
    await app.json(['observe', id, '--wait-for', 'completed', '--timeout', '60']);
    const { stdout } = await app.run(['transcript', id]);
    assert.match(stdout, /Choice 3 was taken. Instructions: first the tests/);
  });

  it('sends the text as a message after a choice that asks for one', async () => {
    const id = await spawn('denied', 'approval_prompt');
    const answered = await app.json(['answer', id, '--choice', '3', '--text', 'fix the lint first']);
    assert.equal(answered.delivery, 'delivered', JSON.stringify(answered));
    await app.json(['observe', id, '--wait-for', 'completed', '--timeout', '60']);
    const { stdout } = await app.run(['transcript', id]);
    assert.match(stdout, /Instructions: fix the lint first/);
  });

  it('refuses if there is no dialog', async () => {
    const id = await spawn('fake-question', 'question');
    assert.equal((await app.json(['answer', id, '--choice', '1'])).error.code, 'NO_DIALOG');
    await app.run(['terminate', id]);
    assert.equal((await app.json(['answer', id, '--choice', '1'])).error.code, 'NO_DIALOG');
  });

  it('leaves a paid offer to a person, but for the choice that waits', async () => {
    const id = await spawn('paid', 'overage_prompt');
    assert.equal((await app.json(['answer', id, '--choice', '1'])).error.code, 'OVERAGE_NEEDS_A_PERSON');
    const waits = await app.json(['answer', id, '--choice', 'stop and wait']);
    assert.equal(waits.delivery, 'delivered', JSON.stringify(waits));
  });

  describe('agentpool send', () => {
    it('does not type prose into a dialog unless forced', async () => {
      const id = await spawn('menu', 'approval_prompt');
      const refused = await app.json(['send', id, 'please do']);
      assert.equal(refused.error.code, 'DIALOG_WAITS');
      assert.equal(refused.error.details.choices[0].label, 'Yes');
      assert.match(refused.error.details.example, /agentpool answer ap_\w+ --choice 1/);
      const forced = await app.json(['send', id, '--force', 'please do']);
      assert.equal(forced.ok, true);
    });

    it('still answers an approval that is a line of text', async () => {
      const id = await spawn('fake-approval', 'approval_prompt');
      assert.equal((await app.json(['send', id, 'y'])).ok, true);
      const done = await app.json(['observe', id, '--wait-for', 'completed', '--timeout', '60']);
      assert.equal(done.event, 'completed');
    });
  });
});
