import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { until } from '../../../../lib/testing/until.ts';
import { Home } from '../../../../workers/testing/home.ts';

/** A program that no rule knows: at its prompt at first, then at work until it is ended. */
const PROGRAM = `
const secret = 'ghp_' + 'A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6Q7r8';
console.log('Odd 3\\n\\n=== ready for orders, press h for help ===\\ntoken ' + secret);
process.stdin.once('data', () => console.log('\\nmulling over it for 12 s, halt with ctrl-x'));
setInterval(() => {}, 1000);
`;

describe('agentpool detectors learn', () => {
  const app = new Home({
    agents: [{ id: 'odd', command: [process.execPath, '-e', PROGRAM], promptMode: 'send_after_launch' }],
  });
  const own = join(app.folder, 'detectors', 'odd.yaml');
  const learn = (id: string, ...words: string[]) => app.json(['detectors', 'learn', id, ...words]);
  const showing = async (words: RegExp): Promise<string> => {
    const { session_id } = await app.json(['spawn', '--provider', 'odd', '--task', 'Look around']);
    await until(`the screen shows ${words}`, async () =>
      words.test((await app.run(['transcript', session_id])).stdout),
    );
    return session_id;
  };
  let id = '';

  it('writes a rule from the screen, which applies at once, and keeps the screen with its label', async () => {
    id = await showing(/mulling/);
    assert.equal((await app.json(['explain', id])).label, 'unknown');
    const shown = await learn(id, '--label', 'working', '--dry-run');
    assert.deepEqual([shown.judged, shown.written, shown.screen], ['unknown', false, null]);
    assert.equal((await learn(id, '--label', 'working')).error.code, 'INVALID_REQUEST');
    mkdirSync(join(app.folder, 'detectors'), { recursive: true });
    writeFileSync(own, '# Mine.\nprovider: odd\nrules: [] # none yet\n');
    const lesson = await learn(id, '--label', 'working', '--yes');
    assert.equal(lesson.written, true);
    assert.match(readFileSync(own, 'utf8'), /^# Mine\.[\s\S]*mulling/);
    const { label, rule } = await app.json(['explain', id]);
    assert.deepEqual([label, rule], ['working', lesson.rule.name]);
    assert.match(readFileSync(lesson.screen, 'utf8'), /mulling/);
    assert.doesNotMatch(readFileSync(lesson.screen, 'utf8'), /ghp_A1b2/);
    const kept = join(app.folder, 'detectors', 'screens', 'odd');
    assert.equal((await app.json(['explain', '--screens', kept])).accuracy, 1);
  });

  it('has nothing to write where the screen is read right, and says so', async () => {
    const lesson = await learn(id, '--label', 'working', '--dry-run');
    assert.deepEqual([lesson.rule, lesson.judged], [null, 'working']);
  });

  it('refuses a label that no row supports against what was labelled otherwise, and numbers the rows', async () => {
    const { error } = await learn(id, '--label', 'idle', '--dry-run');
    assert.equal(
      error?.code,
      'NOTHING_TO_LEARN',
      JSON.stringify(await learn(id, '--label', 'idle', '--dry-run')),
    );
    assert.match(error.message, /^ +\d+ {2}mulling over it/m);
  });

  it('shows which of the kept screens a row would change that says less', async () => {
    const { error } = await learn(id, '--label', 'idle', '--yes');
    const [, row = ''] = /^ +(\d+) {2}=== ready/m.exec(error.message) ?? [];
    const lesson = await learn(id, '--label', 'idle', '--row', row, '--dry-run');
    const worse = lesson.changes.find(({ label }: { label: string | null }) => label === 'working');
    assert.deepEqual([worse.before, worse.after], ['working', 'idle']);
  });
});
