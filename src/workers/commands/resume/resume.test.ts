import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { packageRoot } from '../../../lib/package-root.ts';
import { identity } from '../../../lib/process/processes.ts';
import { until } from '../../../lib/testing/until.ts';
import { samples } from '../../../machines/testing/samples.ts';
import { openApp } from '../../core/context.ts';
import { record } from '../../core/record.ts';
import { Home, killed, saidBy } from '../../testing/home.ts';
import { askedIn, killResumes, loseTerminals, startsIn } from '../../testing/resume-kills.ts';

const fileOf = (home: Home, id: string, name: string) => join(home.session(id).artifact_dir, name);
const conversationOf = (home: Home, id: string) =>
  until('its conversation', () => home.session(id).conversation_id);

/** Resumes one worker, which must not be refused. */
async function resume(home: Home, ...words: string[]) {
  const { resumed, error } = await home.json(['resume', ...words]);
  assert.equal(error, undefined, JSON.stringify(error));
  return resumed[0];
}

/** A worker that is lost while it works on this. */
async function lost(home: Home, task: string, ...options: string[]): Promise<string> {
  const id = await home.spawn('fake-resume', '--task', `${task}, takes 600 s`, ...options);
  await home.reaches(id, 'RUNNING');
  await conversationOf(home, id);
  await loseTerminals(home);
  await home.run(['sessions']);
  assert.equal(home.session(id).state, 'LOST');
  return id;
}

describe('a worker that was lost in the middle of a turn', () => {
  const home = new Home({});

  it('is resumable, and goes on in its conversation as the same session', async () => {
    const id = await lost(home, 'count the callers');
    const [listed] = (await home.json(['sessions'])).sessions;
    assert.deepEqual([listed.state, listed.resumable, listed.run], ['LOST', true, 1]);
    const dry = await home.json(['resume', '--lost', '--dry-run']);
    assert.deepEqual([dry.dry_run, dry.resumed[0].text, home.session(id).state], [true, 'continue', 'LOST']);

    const { resumed, refused } = await home.json(['resume', '--lost']);
    assert.deepEqual(refused, []);
    const [{ run, mode, text, conversation_id }] = resumed;
    assert.deepEqual([run, mode, text], [2, 'conversation', 'continue']);
    await home.reaches(id, 'COMPLETED');
    assert.deepEqual(
      startsIn(home).map((start) => start.id),
      [conversation_id, conversation_id],
    );
    await home.run(['collect', id]);
    assert.match(readFileSync(fileOf(home, id, 'result.json'), 'utf8'), /count the callers.*continue/s);
    const transcript = readFileSync(home.session(id).transcript_path, 'utf8');
    assert.match(transcript, /count the callers[\s\S]*\(resumed: 1 messages\)[\s\S]*continue/);
    const replayed = await home.run(['replay', id, '--verify']);
    assert.equal(replayed.code, 0, replayed.stdout);
    assert.deepEqual((await home.json(['resume', '--lost'])).resumed, []);
  });

  it('is refused while it runs; once it has ended it gets more work, and its old result does not count', async () => {
    const [{ id = '' } = {}] = home.sessions();
    assert.equal(await home.refused(['resume', id]), 'SESSION_ALIVE');
    await home.json(['terminate', id]);
    const { text } = await resume(home, id);
    assert.equal(text, null);
    await home.reaches(id, 'IDLE');
    assert.equal(home.session(id).run, 3);
    await home.json(['terminate', id]);
    await resume(home, id, '--task', 'now the tests');
    await home.reaches(id, 'COMPLETED');
    assert.equal(askedIn(home, await conversationOf(home, id)).at(-1), 'now the tests');
    await home.json(['terminate', id]);
  });

  it('is resumed by one of two callers', async () => {
    const id = await lost(home, 'count them again');
    const calls = [1, 2].map(() => home.json(['resume', id], { wholeProcess: true }));
    const answers = await Promise.all(calls);
    const codes = answers.map(({ error }) => error?.code ?? 'resumed').sort();
    assert.deepEqual(codes, ['SESSION_ALIVE', 'resumed']);
    assert.equal(startsIn(home).filter(({ beside }) => beside !== null).length, 0);
    await home.json(['terminate', id]);
  });
});

describe('a resume that something stands in the way of', () => {
  const home = new Home({});

  it('is refused while another process has the conversation', async () => {
    const id = await lost(home, 'read');
    assert.equal(await home.refused(['resume', id, '--task', ' ']), 'INVALID_REQUEST');
    const conversation = await conversationOf(home, id);
    const program = join(packageRoot(), 'fixtures', 'agents', 'fake-resume.mjs');
    const other = spawn(process.execPath, [program, '--resume', conversation], {
      env: home.env,
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    try {
      await until('it to be open', () => startsIn(home).some(({ pid }) => pid === other.pid));
      const { error } = await home.json(['resume', id]);
      assert.equal(error.code, 'CONVERSATION_OPEN');
      assert.match(error.message, new RegExp(`process ${other.pid}`));
    } finally {
      await killed(other.pid ?? 0);
    }
    assert.equal((await resume(home, id)).run, 2);
    await home.json(['terminate', id]);
  });

  it('takes back its leases, and is refused where another worker has one of them', async () => {
    const lease = (id: string, file: string) =>
      home.json(['leases', 'acquire', id, '--file', file, '--mode', 'write']);
    const id = await home.spawn('fake-resume', '--task', 'write, takes 600 s');
    await lease(id, 'a.txt');
    await conversationOf(home, id);
    await loseTerminals(home);
    await home.run(['sessions']);
    const other = await home.spawn('fake-idle');
    await lease(other, 'a.txt');
    const { error } = await home.json(['resume', id]);
    assert.deepEqual([error.code, error.details?.holder ?? error.holder], ['LEASE_CONFLICT', other]);
    assert.equal(home.session(id).state, 'LOST');
    await home.json(['terminate', other]);
    await resume(home, id);
    const { leases } = await home.json(['leases', 'list', id]);
    assert.deepEqual(
      leases.map((each: { file_path: string }) => each.file_path),
      ['a.txt'],
    );
    await home.json(['terminate', id]);
  });

  it('is refused while the worker runs that its work was handed over to', async () => {
    const id = await lost(home, 'hand it over');
    const successor = await home.spawn('fake-idle');
    const app = await openApp(home.env, 'test');
    const requester = identity(process.pid) ?? assert.fail();
    record(app, id, { ...samples.request_handover[0], successor, requester });
    assert.equal(await home.refused(['resume', id]), 'SESSION_HANDED_OVER');
    record(app, id, { kind: 'record_handover', successor });
    app.ledger.close();
    const { error } = await home.json(['resume', id]);
    assert.deepEqual([error.code, error.details.successor], ['SESSION_HANDED_OVER', successor]);
    assert.deepEqual((await home.json(['resume', '--lost'])).resumed, []);
    await home.json(['terminate', successor]);
    assert.equal((await resume(home, id)).run, 2);
  });

  it('makes a worktree again that is gone, as long as git has its branch', async () => {
    const id = await lost(home, 'edit', '--isolation', 'worktree', '--role', 'implementer');
    const { worktree_path: path, worktree_branch: branch } = home.session(id);
    rmSync(path ?? '', { recursive: true });
    const { folder, warnings } = await resume(home, id);
    assert.deepEqual([folder, existsSync(join(path ?? '', 'a.txt'))], [path, true]);
    assert.match(warnings.join(), /in no commit is lost/);
    await home.json(['terminate', id]);
    rmSync(path ?? '', { recursive: true });
    home.git('worktree', 'prune');
    home.git('branch', '-D', branch ?? '');
    const { error } = await home.json(['resume', id]);
    assert.equal(error.code, 'WORK_FOLDER_GONE');
    assert.match(error.message, /branch .* is gone too/);
  });
});

describe('lost workers', () => {
  const home = new Home({
    // Asked for its version, it ends at once.
    agents: [
      {
        id: 'survivor',
        command: ['sh', '-c', '[ "$AGENTPOOL_SESSION_ID" ] || exit 0; trap "" HUP; exec sleep 600'],
      },
    ],
  });

  /** Ends the terminals, and what ends with them. */
  async function terminalsLost(...ids: string[]): Promise<void> {
    for (const id of ids) await home.reaches(id, 'RUNNING');
    home.killServers();
    await home.run(['sessions']);
  }

  it('are counted where workers are listed; one that cannot go on keeps no other from it', async () => {
    const folder = join(home.ground, 'folder');
    mkdirSync(folder);
    const missing = await home.spawn('fake-resume', '--task', 'takes 600 s', '--repo', folder);
    const id = await home.spawn('fake-resume', '--task', 'takes 600 s');
    await terminalsLost(missing, id);
    rmSync(folder, { recursive: true });
    const steps = [{ what: 'go on with 2 lost workers', command: 'agentpool resume --lost' }];
    assert.deepEqual((await home.json(['sessions'])).next, steps);
    assert.match((await home.run(['sessions'])).stdout, /2 lost workers {2}agentpool resume --lost/);
    assert.deepEqual((await home.json(['status'])).next[0], steps[0]);

    const { code, stdout } = await home.run(['resume', '--lost', '--json']);
    const { resumed, refused } = JSON.parse(stdout);
    assert.equal(code, 1);
    assert.deepEqual([resumed[0].session_id, refused[0].session_id], [id, missing]);
    assert.equal(refused[0].code, 'WORK_FOLDER_GONE');
    for (const each of [id, missing]) await home.json(['terminate', each]);
    assert.equal((await home.json(['sessions'])).next, undefined);
  });

  it('have what outlived their terminal ended before they go on', async () => {
    const id = await home.spawn('survivor');
    await until('its agent', () => home.processesOf(id).length > 1);
    home.killServers();
    const before = await until('the end of the rest', () => {
      const left = home.processesOf(id);
      return left.length === 1 && left;
    });
    await home.run(['sessions']);
    const [dry] = (await home.json(['resume', '--lost', '--dry-run'])).resumed;
    assert.match(dry.warnings.join(), /would be ended: \d+ \(.*sleep 600/);
    assert.deepEqual(home.processesOf(id), before);
    const { warnings } = await resume(home, id);
    assert.match(warnings.join(), /was ended: \d+ \(.*sleep 600/);
    const now = home.processesOf(id);
    assert.deepEqual(
      before.filter((pid) => now.includes(pid)),
      [],
    );
    await home.json(['terminate', id]);
  });

  it('that waited for a limit wait on, and are continued once after its reset', async () => {
    const task = 'Edit it; resets in 12 s';
    const words = ['spawn', '--provider', 'fake-limit-wait', '--task', task, '--on-limit', 'wait'];
    const { session_id: id } = await home.json(words);
    const { parked } = await home.reaches(id, 'PARKED');
    const { until: reset } = JSON.parse(parked ?? '');
    await loseTerminals(home);
    await home.run(['sessions']);
    const { text, waits_until } = await resume(home, id);
    assert.deepEqual([text, waits_until], [null, reset]);
    const again = JSON.parse((await home.reaches(id, 'PARKED')).parked ?? '');
    assert.deepEqual([again.until, again.continues_itself, again.attempt], [reset, false, 1]);
    await home.reaches(id, 'COMPLETED');
    const asked = askedIn(home, await conversationOf(home, id));
    assert.deepEqual([asked.length, asked[1]], [2, 'continue']);
    assert.equal((await home.run(['replay', id, '--verify'])).code, 0);
    await home.json(['terminate', id]);
  });
});

describe('a worker whose conversation cannot be taken up', () => {
  const home = new Home({});

  it('goes on in a new one with a brief, and the answer says why', async () => {
    const id = await lost(home, 'look');
    const conversation = await conversationOf(home, id);
    rmSync(join(home.env.HOME ?? '', '.fake-resume', `${conversation}.jsonl`));
    const [{ mode, why, conversation_id }] = (await home.json(['resume', id, '--task', 'look again']))
      .resumed;
    assert.deepEqual([mode, conversation_id], ['brief', null]);
    assert.match(why, /no longer has the conversation/);
    const next = await until('another conversation', () => home.session(id).conversation_id);
    assert.notEqual(next, conversation);
    assert.match(askedIn(home, next).join(), /look again[\s\S]*look, takes 600 s/);
    assert.ok(existsSync(fileOf(home, id, 'handoff.md')));
    assert.equal((await home.run(['replay', id, '--verify'])).code, 0);
    await home.json(['terminate', id]);
  });

  it('goes on so too if its agent has none', async () => {
    const id = await home.spawn('fake-idle');
    await home.json(['terminate', id]);
    const { mode, why } = await resume(home, id);
    assert.equal(mode, 'brief');
    assert.match(why, /fake-idle cannot take up a conversation/);
    assert.equal(await home.refused(['resume', id, '--conversation', 'x']), 'SESSION_ALIVE');
    await home.json(['terminate', id]);
    assert.equal(await home.refused(['resume', id, '--conversation', 'x']), 'CONVERSATION_NOT_FOUND');
  });

  it('gets its task again if it was lost before it had got it: its conversation is empty', async () => {
    // The watcher would type the task.
    const home = new Home({ config: { watcher: { enabled: false } } });
    const mode = ['--initial-prompt-mode', 'send_after_launch'];
    const id = await home.spawn('fake-resume', '--task', 'count the callers', ...mode);
    await until('its start', () => startsIn(home).length === 1);
    await loseTerminals(home);
    await home.run(['sessions']);
    assert.equal((await resume(home, id)).mode, 'brief');
    const asked = () => startsIn(home).flatMap((start) => askedIn(home, start.id));
    assert.match((await until('its task', () => asked()[0])) ?? '', /count the callers/);
    await home.json(['terminate', id]);
  });

  it('is refused if it never ran', async () => {
    assert.equal(await home.refused(['resume']), 'INVALID_REQUEST');
    assert.equal(await home.refused(['resume', '@last', '--lost']), 'INVALID_REQUEST');
  });
});

/** A tmux that starts no server while the file `slow` exists, and says with the file `reached` that one is to start. */
const slowTmux = (folder: string) => `#!/bin/sh
case " $* " in *" start-server "*)
  if [ -e ${folder}/slow ]; then touch ${folder}/reached; while [ -e ${folder}/slow ]; do sleep 0.05; done; fi;;
esac
PATH=\${PATH#*:} exec tmux "$@"
`;

describe('a worker that another process ends while it is resumed', () => {
  const home = new Home({});
  const [bin, slow] = [join(home.ground, 'bin'), join(home.ground, 'slow')];
  mkdirSync(bin);
  writeFileSync(join(bin, 'tmux'), slowTmux(home.ground), { mode: 0o755 });
  home.env.PATH = `${bin}:${home.env.PATH}`;

  it('stays ended, and the resume says so', async () => {
    const id = await lost(home, 'count the callers');
    writeFileSync(slow, '');
    const resuming = saidBy(home.start(['resume', id, '--json']));
    await until('its terminal to be started', () => existsSync(join(home.ground, 'reached')));
    await home.json(['terminate', id]);
    rmSync(slow);
    const { code, stdout } = await resuming;
    const { error } = JSON.parse(stdout);
    assert.deepEqual([code, error.code, error.details.state], [1, 'SESSION_ENDED', 'CANCELLED']);
    assert.match(error.message, /was not started: it was terminated before its process ran/);
    assert.deepEqual([home.session(id).state, home.processesOf(id)], ['CANCELLED', []]);
  });
});

describe('a resume that is killed at any moment', () => {
  const home = new Home();

  it('leaves a worker that runs once, or can be resumed', async () => {
    assert.match(await killResumes(home, 2), /the resume/);
  });
});
