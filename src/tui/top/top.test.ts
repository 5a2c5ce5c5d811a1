// The built dashboard in real terminals.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';
import { Terminal } from '../../cli/testing/terminal.ts';
import { packageRoot } from '../../lib/package-root.ts';
import { pidsWithVariable, processEntry } from '../../lib/process/process-table.ts';
import { until } from '../../lib/testing/until.ts';
import { Home } from '../../workers/testing/home.ts';

const main = join(packageRoot(), 'dist', 'main.js');

const FLAGS = '#{alternate_on} #{mouse_any_flag} #{cursor_flag} #{wrap_flag}';
/** The other screen is off, the mouse is the terminal's, the cursor is shown, and lines are wrapped. */
const RESTORED = '0 0 1 1';

const flagsOf = (terminal: Terminal) => terminal.tmux('display-message', '-p', FLAGS).trim();

/** The process of the dashboard in a home. */
const dashboardOf = (home: Home): number | null =>
  [...pidsWithVariable('AGENTPOOL_HOME', home.folder)].find((pid) =>
    processEntry(pid)?.command.endsWith('main.js top'),
  ) ?? null;

async function started(home: Home, terminal: Terminal, env = ''): Promise<number> {
  terminal.typeLine(`${env} ${process.execPath} ${main} top`.trim());
  await terminal.shows(/WORKERS/);
  return until('the process of the dashboard', () => dashboardOf(home));
}

/** The shell reads lines again, with what is typed shown. */
async function isCooked(terminal: Terminal): Promise<void> {
  terminal.typeLine('stty -a | grep -o " i*canon\\| -*echo " | tr "\\n" " "; echo');
  assert.match(await terminal.shows(/^exit=0/m), / icanon\s+echo/);
}

describe('the dashboard gives the terminal back', () => {
  const home = new Home();
  const terminal = new Terminal(home);

  const ends: Readonly<Record<string, (pid: number) => void>> = {
    'q is pressed': () => terminal.press('q'),
    'Ctrl-C is pressed': () => terminal.press('C-c'),
    'Ctrl-C is pressed in a dialog': () => {
      terminal.press('?');
      terminal.press('C-c');
    },
    'it gets SIGTERM': (pid) => process.kill(pid, 'SIGTERM'),
    'it gets SIGINT': (pid) => process.kill(pid, 'SIGINT'),
    'it gets SIGHUP': (pid) => process.kill(pid, 'SIGHUP'),
  };

  for (const [when, end] of Object.entries(ends))
    it(`when ${when}`, async () => {
      const pid = await started(home, terminal);
      assert.notEqual(flagsOf(terminal), RESTORED);
      end(pid);
      await terminal.exits();
      assert.equal(flagsOf(terminal), RESTORED);
      await isCooked(terminal);
    });

  it('when it fails, and prints why', async () => {
    const fault = join(home.ground, 'fault.cjs');
    writeFileSync(fault, "process.on('SIGUSR2', () => { throw new Error('a fault of the test'); });");
    const pid = await started(home, terminal, `NODE_OPTIONS='--require=${fault}'`);
    process.kill(pid, 'SIGUSR2');
    assert.equal(await terminal.exits(), 1);
    assert.match(terminal.screen(), /agentpool: Error: a fault of the test/);
    assert.equal(flagsOf(terminal), RESTORED);
    await isCooked(terminal);
  });

  it('while it is suspended, and takes it again', async () => {
    const pid = await started(home, terminal);
    terminal.press('C-z');
    await until('a suspended dashboard', () =>
      execFileSync('ps', ['-o', 'state=', '-p', String(pid)], { encoding: 'utf8' }).startsWith('T'),
    );
    await until(
      'the terminal of the shell',
      () => flagsOf(terminal) === RESTORED,
      () => flagsOf(terminal),
    );
    terminal.tmux('send-keys', '-l', 'fg');
    terminal.press('Enter');
    await terminal.shows(/WORKERS/);
    terminal.press('q');
    await until('the end of the dashboard', () => dashboardOf(home) === null);
    await until(
      'the terminal of the shell',
      () => flagsOf(terminal) === RESTORED,
      () => flagsOf(terminal),
    );
  });

  it('by ending with it, when its terminal is closed', async () => {
    const other = new Terminal(home);
    const pid = await started(home, other);
    other.tmux('kill-server');
    await until('the end of the dashboard', () => processEntry(pid) === null);
  });
});

describe('the dashboard', () => {
  const home = new Home({
    agents: [{ id: 'fake-menu' }, { id: 'fake-wide' }],
    config: { policy: { max_parallel_sessions: 20 } },
  });
  const terminal = new Terminal(home, { cols: 100, rows: 30 });
  let id = '';
  before(async () => {
    id = await home.spawn('fake-menu', '--task', 'Run the tests\x1b[2J日本語\u202e');
    await home.reaches(id, 'AWAITING_APPROVAL');
    await started(home, terminal);
  });

  it('shows a worker, its state and its screen', async () => {
    const screen = await terminal.shows(/Do you want to run npm test/);
    assert.match(screen, /1 needs you/);
    assert.match(screen, /▸! fake-menu +Run the tests.*日本語 +approval/);
  });

  it('shows a worker that any process starts, as soon as it runs', async () => {
    const other = await home.spawn('fake-question', '--task', 'Plan the next step');
    await terminal.shows(/\? fake-question +Plan the next step +question/);
    await home.run(['terminate', other]);
    await terminal.shows(/– fake-question +Plan the next step +cancelled/);
  });

  it('says that config.yaml is invalid, and goes on with the last valid one', async () => {
    const file = join(home.folder, 'config.yaml');
    const valid = readFileSync(file);
    writeFileSync(file, 'version: 1\npolicy: [');
    await terminal.shows(
      /config\.yaml is invalid: the last valid one is in force\. agentpool config validate/,
    );
    terminal.press('n');
    await terminal.shows(/which agent[\s\S]*fake-wide/);
    terminal.press('Escape');
    writeFileSync(file, valid);
    await terminal.shows(/1 needs you/);
  });

  it('fills the terminal at every size, also after it has shrunk', async () => {
    for (const [cols, rows] of [
      [60, 16],
      [250, 60],
      [140, 40],
      [80, 24],
    ] as const) {
      terminal.tmux('resize-window', '-x', String(cols), '-y', String(rows));
      // A capture may come between two parts of one write.
      const isWhole = () => {
        const lines = terminal.tmux('capture-pane', '-p').split('\n').slice(0, rows);
        const [first = '', last = ''] = [lines[0], lines.at(-1)];
        const body = lines.slice(1, rows - 2);
        return (
          first.includes('agentpool') &&
          /\? (?:help|more)/.test(last) &&
          lines.filter((each) => each.includes('▸')).length === 1 &&
          (cols < 140 || body.every((each) => /[│┐┤┘]$/.test(each.trimEnd())))
        );
      };
      await until(`a frame of ${cols}×${rows}`, isWhole, () => terminal.screen());
    }
    terminal.tmux('resize-window', '-x', '40', '-y', '10');
    await terminal.shows(/too small/);
    terminal.tmux('resize-window', '-x', '100', '-y', '30');
    await terminal.shows(/Do you want to run npm test/);
  });

  it('selects a worker and a tab by clicks', async () => {
    const clickOn = (words: string) => {
      const lines = terminal.screen().split('\n');
      const row = lines.findIndex((line) => line.includes(words));
      const column = (lines[row] ?? '').indexOf(words);
      terminal.tmux('send-keys', '-l', `\x1b[<0;${column + 2};${row + 1}M\x1b[<0;${column + 2};${row + 1}m`);
    };
    clickOn('Plan the next step');
    await terminal.shows(/▸– fake-question/);
    clickOn('facts');
    await terminal.shows(/spawned by/);
    clickOn('Run the tests');
    await terminal.shows(/▸! fake-menu/);
    terminal.press('1');
  });

  it('answers what a worker asks', async () => {
    terminal.press('a');
    await terminal.shows(/Enter takes it/);
    terminal.press('2', 'Enter');
    await home.reaches(id, 'COMPLETED');
    await terminal.shows(/answered: Yes, and do not ask again/);
    await terminal.shows(/✓ fake-menu .* completed/);
  });

  it('finds workers by words, and clears the filter', async () => {
    terminal.press('/');
    terminal.tmux('send-keys', '-l', 'plan cancelled');
    await terminal.shows(/1 of 2/);
    terminal.press('Enter', 'Escape');
    await terminal.shows(/ ✓ fake-menu[\s\S]*fake-question|fake-question[\s\S]*fake-menu/);
  });

  it('says that no watcher runs, and starts one', async () => {
    const asking = await home.spawn('fake-question', '--task', 'Wait for me');
    await home.reaches(asking, 'AWAITING_USER_INPUT');
    const pid = home.watcherPid();
    assert.ok(pid);
    await home.run(['watcher', 'stop']);
    await terminal.shows(/no watcher runs: .* W starts one/);
    terminal.press('W');
    await until('another watcher', () => home.watcherPid() !== null && home.watcherPid() !== pid);
    await terminal.shows(/1 needs you/);
  });

  it('says that the ledger is gone, keeps what it knew, and goes on when it is back', async () => {
    for (const suffix of ['', '-wal', '-shm']) {
      try {
        renameSync(`${home.ledgerFile}${suffix}`, `${home.ledgerFile}.away${suffix}`);
      } catch {
        // It has no such file now.
      }
    }
    const screen = await terminal.shows(/The ledger is gone/);
    assert.match(screen, /Wait for me/);
    writeFileSync(home.ledgerFile, 'no ledger at all'.repeat(1000));
    await terminal.shows(/cannot be used as a ledger/);
    terminal.press('j', 'k', '3', '1');
    for (const suffix of ['', '-wal', '-shm']) {
      rmSync(`${home.ledgerFile}${suffix}`, { force: true });
      try {
        renameSync(`${home.ledgerFile}.away${suffix}`, `${home.ledgerFile}${suffix}`);
      } catch {
        // As above.
      }
    }
    await terminal.shows(/1 needs you/);
    terminal.press('q');
    assert.equal(await terminal.exits(), 0);
  });
});

describe('the colours of the dashboard', () => {
  const home = new Home();
  const terminal = new Terminal(home);
  // The tone of keys, as one of 256 colours or of sixteen.
  const LIGHT = /\x1b\[(?:\d+;)*(?:38;5;25|34)m/;
  const DARK = /\x1b\[(?:\d+;)*(?:38;5;117|36)m/;
  const colours = () => terminal.screen({ colors: true });
  before(() => home.spawn('fake-idle'));

  it('follow the background that the terminal answers with', async () => {
    await started(home, terminal);
    await until('colours for a dark background', () => DARK.test(colours()), colours);
    terminal.tmux('send-keys', '-l', '\x1b]11;rgb:ffff/ffff/eeee\x1b\\');
    await until('colours for a light background', () => LIGHT.test(colours()), colours);
    terminal.press('q');
    await terminal.exits();
  });

  it('are those for the background that is named, whatever the terminal answers', async () => {
    terminal.typeLine(`${process.execPath} ${main} top --background light`);
    await terminal.shows(/WORKERS/);
    await until('colours for a light background', () => LIGHT.test(colours()), colours);
    terminal.press('q');
    await terminal.exits();
    terminal.typeLine(`COLORFGBG='0;15' ${process.execPath} ${main} top`);
    await terminal.shows(/WORKERS/);
    await until('colours for a light background', () => LIGHT.test(colours()), colours);
    terminal.press('q');
    await terminal.exits();
  });

  it('are left out where NO_COLOR is set', async () => {
    await started(home, terminal, 'NO_COLOR=1');
    await terminal.shows(/○ fake-idle .* idle/);
    assert.doesNotMatch(colours(), /\x1b\[(?:\d+;)*(?:[34][0-8]|9\d)(?:;|m)/);
    terminal.press('q');
    await terminal.exits();
  });
});

describe('for a screen reader', () => {
  const home = new Home();
  const terminal = new Terminal(home);

  it('it prints lines in reading order, and then only what is new, on the screen of the shell', async () => {
    await home.spawn('fake-question', '--task', 'Plan the next step');
    terminal.typeLine(`${process.execPath} ${main} top --screen-reader`);
    const screen = await terminal.shows(
      /^\(selected\) question since .*: fake-question, Plan the next step$/m,
    );
    assert.match(screen, /^Workers:$/m);
    assert.equal(flagsOf(terminal), RESTORED);
    await home.spawn('fake-idle', '--task', 'Look for the parser');
    const later = await terminal.shows(/^idle since .*: fake-idle, Look for the parser$/m);
    assert.equal(later.match(/^Workers:$/gm)?.length, 1);
    terminal.press('q');
    assert.equal(await terminal.exits(), 0);
    await isCooked(terminal);
  });
});

describe('without a terminal', () => {
  it('it says what it needs, and what prints the same', async () => {
    const home = new Home();
    const { code, stderr, stdout } = await home.run(['top']);
    assert.equal(code, 2);
    assert.equal(stdout, '');
    assert.match(stderr, /needs a terminal/);
    assert.match(stderr, /agentpool status/);
  });
});
