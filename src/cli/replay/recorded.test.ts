// What `agentpool replay` makes of a recording: an asciicast, and a film in the terminal.
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { processTable } from '../../lib/process/processes.ts';
import { until } from '../../lib/testing/until.ts';
import { recordingBytes } from '../../terminal/recording/pieces.ts';
import { Home } from '../../workers/testing/home.ts';
import { Terminal } from '../testing/terminal.ts';

const home = new Home();
/** A worker that asked, was answered and has ended. */
let worker: Promise<string> | undefined;
const recorded = () => {
  worker ??= answered();
  return worker;
};

async function answered(): Promise<string> {
  const id = await home.spawn('fake-question');
  await home.reaches(id, 'AWAITING_USER_INPUT');
  await home.run(['send', id, 'the endpoints first']);
  await home.reaches(id, 'COMPLETED');
  await home.run(['terminate', id]);
  await home.ends(id);
  await until('its recording', () => recordingBytes(join(home.session(id).artifact_dir, 'recording')));
  return id;
}

describe('agentpool replay --cast', () => {
  it('writes a file for asciinema, private, with markers, and replaces one only where that is asked for', async () => {
    const id = await recorded();
    const file = join(home.ground, 'film.cast');
    const { code, stdout } = await home.run(['replay', id, '--cast', file]);
    assert.equal(code, 0);
    assert.match(stdout, /film\.cast/);
    assert.equal(statSync(file).mode & 0o777, 0o600);
    const [header, ...events] = readFileSync(file, 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    assert.deepEqual([header.version, header.width, header.height], [2, 200, 50]);
    const marked = events.filter(([, type]) => type === 'm').map(([, , text]) => text);
    assert.ok(
      marked.some((text) => /^asks: .*endpoints/.test(text)),
      marked.join(),
    );
    assert.ok(marked.includes('gets: the endpoints first'), marked.join());
    const times = events.map(([at]) => at);
    assert.deepEqual(
      times,
      times.toSorted((a, b) => a - b),
    );
    assert.equal(await home.refused(['replay', id, '--cast', file]), 'FILE_EXISTS');
    const again = await home.json(['replay', id, '--cast', file, '--force']);
    assert.deepEqual([again.format, again.sessions, again.bytes], ['cast', [id], statSync(file).size]);
    const { stdout: printed } = await home.run(['replay', id, '--cast', '-']);
    assert.equal(printed, readFileSync(file, 'utf8'));
  });

  it('is refused for a worker without a recording, with the reason', async () => {
    const quiet = new Home({ config: { recording: 'off' } });
    const id = await quiet.spawn('fake-idle');
    const { code, stderr } = await quiet.run(['replay', id, '--cast', join(quiet.ground, 'no.cast')]);
    assert.equal(code, 1);
    assert.match(stderr, /has no recording: recording is off in config\.yaml/);
    assert.equal(await quiet.refused(['replay', id, '--cast', '-']), 'USAGE');
    const damaged = join(quiet.session(id).artifact_dir, 'recording');
    writeFileSync(damaged, 'no folder');
    assert.equal(
      await quiet.refused(['replay', id, '--cast', join(quiet.ground, 'no.cast')]),
      'RECORDING_MISSING',
    );
    rmSync(damaged);
    mkdirSync(damaged);
    writeFileSync(join(damaged, '0001.ndjson.gz'), 'garbage');
    const unreadable = await quiet.json(['replay', id, '--cast', join(quiet.ground, 'no.cast')]);
    assert.match(unreadable.error.message, /nothing that can be read: it is damaged, or of a later release/);
  });
});

describe('agentpool replay --watch', () => {
  const states = (terminal: Terminal) =>
    terminal.tmux('display-message', '-p', '#{alternate_on} #{cursor_flag} #{wrap_flag}').trim();

  it('plays beside the events, obeys its keys, follows the size, and gives the terminal back', async () => {
    const id = await recorded();
    const terminal = new Terminal(home, { cols: 100, rows: 30 });
    terminal.type('replay', id, '--watch', '--speed', '50');
    await terminal.shows(/end \d+:\d\d \/ \d+:\d\d {2}50×/);
    assert.match(terminal.screen(), /Answer received: the endpoints first/);
    assert.match(terminal.screen(), /\d\d:\d\d:\d\d {2}\S+ [A-Z_]+ {2}/);
    assert.equal(states(terminal), '1 0 0');
    terminal.press('g', 'Space');
    await terminal.shows(/‖ 0:00 /);
    terminal.press('G');
    await terminal.shows(/ end /);
    // From event to event, back to the question.
    await until('the question', () => {
      if (/AWAITING_USER_INPUT {2}asks: /.test(terminal.screen())) return true;
      terminal.press('p');
      return false;
    });
    terminal.press('-');
    await terminal.shows(/ 25× /);
    terminal.tmux('resize-window', '-x', '60', '-y', '12');
    await until(
      'the smaller film',
      () => terminal.screen().split('\n').length <= 12 && / 25× /.test(terminal.screen()),
    );
    terminal.press('q');
    assert.equal(await terminal.exits(), 0);
    assert.equal(states(terminal), '0 1 1');
    assert.doesNotMatch(terminal.screen(), /Answer received/);
  });

  it('gives the terminal back when it is ended by a signal', async () => {
    const id = await recorded();
    const terminal = new Terminal(home, { cols: 100, rows: 30 });
    terminal.type('replay', id, '--watch', '--speed', '0.1');
    await terminal.shows(/ 0\.1× /);
    const player = processTable().find(({ command }) => command.includes(`replay ${id} --watch --speed 0.1`));
    assert.ok(player);
    process.kill(player.pid, 'SIGTERM');
    await terminal.exits();
    assert.equal(states(terminal), '0 1 1');
  });

  it('is refused without a terminal', async () => {
    const { code, stderr } = await home.run(['replay', await recorded(), '--watch']);
    assert.equal(code, 2);
    assert.match(stderr, /--watch needs a terminal/);
  });
});
