import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { secrets } from '../../../../fixtures/agents/lib/secrets.mjs';
import { until } from '../../../lib/testing/until.ts';
import type { Picture, Piece } from '../../../terminal/recording/format.ts';
import { pieceFiles } from '../../../terminal/recording/pieces.ts';
import { readRecording, recordingText } from '../../../terminal/recording/reader.ts';
import { linesOf, shownBy } from '../../../terminal/recording/testing/recorded.ts';
import { type Agent, Home, killed } from '../../testing/home.ts';

const agents: Agent[] = [
  { id: 'leak', program: 'fake-leak' },
  { id: 'full', program: 'fake-fullscreen', env: { FAKE_FRAMES: '8' } },
  { id: 'hang', program: 'fake-hang' },
  { id: 'turn', program: 'fake-turn', env: { FAKE_KEYS: '/dev/null' } },
];

const folderOf = (home: Home, id: string) => join(home.session(id).artifact_dir, 'recording');
const shownIn = (pieces: readonly Piece[]): Picture[] => pieces.flatMap(shownBy);
const shows = (picture: Picture, words: RegExp) => words.test(linesOf(picture).join('\n'));
const showsAny = async (home: Home, id: string, words: RegExp) =>
  shownIn(await readRecording(folderOf(home, id))).some((picture) => shows(picture, words));
const type = (home: Home, id: string, text: string) =>
  home.tmux(id, 'send-keys', '-t', home.session(id).tmux_pane, text, 'Enter');

/** Waits until the recording of a worker that has ended is complete. */
const finished = (home: Home, id: string) =>
  until('the end of the recording', () => {
    const files = pieceFiles(folderOf(home, id));
    return files.length > 0 && files.every(({ isPacked }) => isPacked);
  });

describe('the recording of a worker', () => {
  const home = new Home({ agents });

  it('shows what its screen showed, down to the last screen, in private files', async () => {
    const id = await home.spawn('fake-idle');
    await home.reaches(id, 'IDLE');
    await home.run(['send', id, 'count the endpoints']);
    await until('its answer', () => showsAny(home, id, /Message 2 noted/));
    const seen = readFileSync(home.session(id).transcript_path, 'utf8')
      .split('\n')
      .filter((line) => line !== '' && line.length < 200);
    await home.run(['terminate', id]);
    await home.ends(id);
    await finished(home, id);
    const pieces = await readRecording(folderOf(home, id));
    assert.deepEqual(
      pieces.map(({ head }) => [head.session_id, head.run, head.cols, head.rows]),
      [[id, 1, 200, 50]],
    );
    for (const line of seen) assert.ok(await showsAny(home, id, new RegExp(line.replace(/\W/g, '.'))), line);
    const spawned = Date.parse(home.eventsOf('worker.spawn_requested', id)[0]?.occurred_at ?? '');
    const started = Date.parse(pieces[0]?.head.started_at ?? '');
    assert.ok(started >= spawned && started <= Date.now());
    for (const { path } of pieceFiles(folderOf(home, id))) assert.equal(statSync(path).mode & 0o777, 0o600);
  });

  it('has no secret in any of its bytes', async () => {
    const id = await home.spawn('leak');
    await home.reaches(id, 'COMPLETED');
    await home.run(['terminate', id]);
    await finished(home, id);
    const text = (await recordingText(folderOf(home, id))) ?? '';
    assert.match(text, /\[redacted:/);
    assert.match(text, /split /);
    for (const secret of secrets.flatMap((each) => each.secrets)) {
      for (let at = 0; at + 12 <= secret.length; at++)
        assert.ok(!text.includes(secret.slice(at, at + 12)), `${secret.slice(at, at + 12)} of ${secret}`);
    }
  });

  it('has a piece for each size of its terminal', async () => {
    const id = await home.spawn('full');
    await until('a frame', () => showsAny(home, id, /./));
    home.tmux(id, 'resize-window', '-t', home.session(id).tmux_session, '-x', '90', '-y', '20');
    await until('the other size', async () =>
      (await readRecording(folderOf(home, id))).some(({ head }) => head.cols === 90 && head.rows === 20),
    );
    for (const piece of await readRecording(folderOf(home, id)))
      assert.ok(shownBy(piece).every(({ rows }) => rows.length === piece.head.rows));
    await home.run(['terminate', id]);
  });

  it('goes on when its watcher is killed and another takes over, and when the worker is resumed', async () => {
    const id = await home.spawn('fake-resume');
    await home.reaches(id, 'COMPLETED', 'IDLE');
    await until('a frame', () => showsAny(home, id, /./));
    const watcher = await until('the watcher', () => home.watcherPid());
    await killed(watcher);
    type(home, id, 'unwatched');
    await home.json(['sessions']);
    await until('what was printed meanwhile', () => showsAny(home, id, /unwatched/));
    await home.run(['terminate', id]);
    await home.ends(id);
    await home.json(['resume', id, '--task', 'go on']);
    await until('the second run', async () =>
      (await readRecording(folderOf(home, id))).some(({ head }) => head.run === 2),
    );
    await home.run(['terminate', id]);
    await home.ends(id);
    await finished(home, id);
    const pieces = await readRecording(folderOf(home, id));
    const runs = pieces.map(({ head }) => head.run);
    assert.deepEqual(runs, runs.toSorted());
    assert.ok(runs.filter((run) => run === 1).length >= 2, `${runs}`);
    const times = pieces.flatMap(({ head, frames }) =>
      frames.map(([ms]) => Date.parse(head.started_at) + ms),
    );
    assert.deepEqual(
      times,
      times.toSorted((a, b) => a - b),
    );
    assert.ok(readdirSync(folderOf(home, id)).every((name) => /^\d{4}\.ndjson\.gz$/.test(name)));
  });

  it('costs nothing while nothing changes', async () => {
    const id = await home.spawn('hang');
    await until('a frame', () => showsAny(home, id, /Working/));
    const [open] = pieceFiles(folderOf(home, id));
    const frames = async () =>
      (await readRecording(folderOf(home, id))).flatMap((piece) => piece.frames).length;
    const before = await frames();
    assert.ok(before <= 3, `${before}`);
    await home.reaches(id, 'UNKNOWN', 'IDLE', 'RUNNING');
    assert.equal(statSync(open?.path ?? '').size, open?.bytes);
    await home.run(['terminate', id]);
  });
});

describe('the setting of recordings', () => {
  it('is followed while workers run: off ends the recording, on begins it again with a whole screen', async () => {
    const home = new Home({ agents });
    const id = await home.spawn('turn');
    const isOpen = () => pieceFiles(folderOf(home, id)).some(({ isPacked }) => !isPacked);
    await until('a recording', () => showsAny(home, id, /Working \d/));
    home.configure(agents, { recording: 'off' });
    await until('its end', () => !isOpen());
    await until('the whole piece', () => pieceFiles(folderOf(home, id)).length === 1);
    const { bytes } = pieceFiles(folderOf(home, id))[0] ?? {};
    home.configure(agents, { recording: { max_mb: 1 } });
    await until('another piece', isOpen);
    const files = pieceFiles(folderOf(home, id));
    assert.deepEqual([files.length, files[0]?.bytes], [2, bytes]);
    await until('its first frame', async () => {
      const second = (await readRecording(folderOf(home, id)))[1];
      return second && shownBy(second).every((picture) => shows(picture, /Working \d/));
    });
    await home.run(['terminate', id]);
  });

  it('off leaves no file', async () => {
    const home = new Home({ agents, config: { recording: 'off' } });
    const id = await home.spawn('fake-idle');
    await home.reaches(id, 'IDLE');
    await home.run(['terminate', id]);
    await home.ends(id);
    assert.equal(existsSync(folderOf(home, id)), false);
  });
});

describe('a recording that cannot be written', () => {
  it('does not stop the watching, and goes on with the screen as it is then', async () => {
    const home = new Home({ agents });
    const id = await home.spawn('fake-idle');
    await until('a recording', () => showsAny(home, id, /./));
    const { artifact_dir } = home.session(id);
    renameSync(join(artifact_dir, 'recording'), join(home.ground, 'recording'));
    renameSync(artifact_dir, `${artifact_dir}-gone`);
    type(home, id, 'while it is gone');
    await home.reaches(id, 'IDLE');
    assert.equal(existsSync(artifact_dir), false);
    renameSync(`${artifact_dir}-gone`, artifact_dir);
    await home.run(['send', id, 'count the endpoints']);
    await home.reaches(id, 'IDLE');
    await home.run(['terminate', id]);
    await home.ends(id);
  });
});
