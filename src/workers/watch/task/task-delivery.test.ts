import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { until } from '../../../lib/testing/until.ts';
import { Home } from '../../testing/home.ts';

/** A program for a shell. Asked for its version, it ends at once. */
const script = (id: string, lines: string) => ({
  id,
  command: ['sh', '-c', `[ -n "$AGENTPOOL_SESSION_ID" ] || exit 1\n${lines}`],
  promptMode: 'send_after_launch' as const,
});

/** Devin as it might start on a slow machine: what is typed before its first frame is dropped. */
const SLOW_START = `
if (!process.env.AGENTPOOL_SESSION_ID) process.exit(1);
const rule = '─'.repeat(60);
let cleared = 0;
let box = null;
const draw = (said) => process.stdout.write('\\x1b[2J\\x1b[H' + [...said, rule, '❭ ' + box, rule, 'normal'].join('\\r\\n'));
process.stdin.setRawMode(true);
process.stdout.write('Loading the workspace');
process.stdin.on('data', (data) => {
  const keys = data.toString().replace(/\\x1b\\[\\d+~/g, '');
  if (box === null) {
    if (keys.includes('\\x15') && ++cleared === 4) draw([], box = '');
  } else if (keys.includes('\\r')) {
    const said = ['❭ ' + box, '', '● Took: ' + box, ''];
    draw(said, box = '');
  } else draw([], box = keys.includes('\\x15') ? '' : box + keys);
});
`;

describe('a task for a program that no rule knows', { concurrency: true }, () => {
  const slowAgent = join(mkdtempSync(join(tmpdir(), 'ap-')), 'devin.mjs');
  before(() => writeFileSync(slowAgent, SLOW_START));
  after(() => rmSync(dirname(slowAgent), { recursive: true }));
  const home = new Home({
    agents: [
      script('silent', 'exec cat'),
      script('asking', 'while printf "name? "; read -r x; do echo "hello, $x"; done'),
      script(
        'banner',
        'for i in 1 2 3; do echo "step $i"; sleep 1; done; read -r x; echo "took: $x"; exec sleep 600',
      ),
      script('deaf', 'exec sleep 600'),
      script(
        'dialog',
        'printf "Tool wants the shell\\n  rm -rf build\\n\\n  Allow it\\n  Deny it\\n"; read -r x; echo "took: $x"; exec sleep 600',
      ),
    ],
    config: {
      policy: { max_parallel_sessions: 50 },
      runtime: { tmux: { idle_seconds: 2 } },
      providers: { 'devin-cli': { command: [process.execPath, slowAgent] } },
    },
  });
  const wait = ['--wait', 'any', '--timeout', '90'];
  const transcript = (id: string) => readFileSync(home.session(id).transcript_path, 'utf8');
  const started = (provider: string) =>
    home.json(['spawn', '--provider', provider, '--task', 'Look for the parser', ...wait]);

  it('reaches one that reads lines and shows nothing, whose rest is reported as unproven', async () => {
    const { session_id: id, observation } = await started('silent');
    assert.deepEqual(
      [observation.state, observation.event, observation.readiness, observation.confidence],
      ['IDLE', 'idle', 'quiet', 'unproven'],
    );
    assert.equal(home.eventsOf('worker.prompt_delivered', id)[0]?.data.delivery, 'delivered');
    assert.equal(transcript(id).split('Look for the parser').length - 1, 2, 'typed, and printed by cat');
  });

  it('leads from spawn to collect with one that has a prompt of its own', async () => {
    const { session_id: id, observation } = await started('asking');
    assert.deepEqual([observation.state, observation.readiness], ['IDLE', 'turn_ended']);
    assert.deepEqual(observation.warnings, []);
    assert.equal((await home.json(['send', id, 'Ada'])).delivery, 'delivered');
    const seen = await home.json(['observe', id, '--wait-for', 'any', '--timeout', '60']);
    assert.deepEqual([seen.state, seen.event], ['IDLE', 'idle']);
    assert.match(transcript(id), /hello, Look for the parser[\s\S]*hello, Ada/);
    assert.equal((await home.json(['collect', id])).result, 'missing');
  });

  it('waits until one that prints for seconds reads its terminal', async () => {
    const { session_id: id } = await started('banner');
    assert.match(
      await until('its answer', () => /step 3[\s\S]*took: .*/.exec(transcript(id))?.[0]),
      /took: Look for the parser/,
    );
    assert.equal(home.eventsOf('worker.prompt_delivered', id)[0]?.data.delivery, 'delivered');
  });

  it(
    'that one does not read is reported wherever the worker is shown',
    { skip: process.platform !== 'linux' },
    async () => {
      const { session_id: id, session, observation } = await started('deaf');
      const warning = /the task may not have arrived: .*has not read it/;
      assert.match(observation.warnings.join(), warning);
      assert.match(session.warnings.join(), warning);
      const { sessions } = await home.json(['sessions']);
      assert.match(sessions.find((each: { id: string }) => each.id === id).warnings.join(), warning);
      assert.match((await home.run(['sessions'])).stdout, warning);
      assert.match((await home.run(['observe', id])).stdout, warning);
      assert.match((await home.json(['session', 'show', id])).session.warnings.join(), warning);
    },
  );

  it('is typed again at the prompt of an agent that dropped it while it started', async () => {
    const { session_id: id, observation } = await started('devin-cli');
    assert.deepEqual([observation.state, observation.warnings], ['IDLE', []]);
    const delivered = await until('the delivery', () => home.eventsOf('worker.prompt_delivered', id)[0]);
    assert.equal(delivered.data.delivery, 'delivered');
    assert.equal(transcript(id).match(/Took: .*/)?.[0], 'Took: Look for the parser');
  });

  it('is not typed into a dialog, and that is reported', async () => {
    const { session_id: id, session, observation } = await started('dialog');
    assert.deepEqual([observation.state, observation.event], ['UNKNOWN', 'none']);
    const warning = /the task has not been typed: the screen shows a dialog that no rule knows \(Allow it\)/;
    assert.match(observation.warnings.join(), warning);
    assert.match(session.warnings.join(), warning);
    assert.doesNotMatch(transcript(id), /Look for/);
  });
});
