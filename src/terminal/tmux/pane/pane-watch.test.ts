import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { processTable } from '../../../lib/process/process-table.ts';
import { bundled } from '../../../lib/testing/processes.ts';
import { until } from '../../../lib/testing/until.ts';
import { noRedaction, numbered, start, withTmux } from '../../testing/scratch.ts';
import type { Redaction } from '../../transcript/redaction.ts';
import { tailLines } from '../../transcript/transcript.ts';
import type { PaneExit } from '../pane-facts.ts';
import type { TmuxServer } from '../server.ts';
import { type PaneWatch, watchPane } from './pane-watch.ts';

/** A watch whose exit can be awaited. */
async function watch(
  tmux: TmuxServer,
  paneId: string,
  more: { onTitle?: (title: string) => void; redaction?: Redaction } = {},
) {
  let settle: (exit: PaneExit | 'gone') => void = () => {};
  const exited = new Promise<PaneExit | 'gone'>((resolve) => {
    settle = resolve;
  });
  const transcriptPath = join(tmux.home, 'transcript.log');
  const pane: PaneWatch = await watchPane({
    tmux,
    paneId,
    transcriptPath,
    redaction: noRedaction,
    onScreen: () => {},
    onExit: (exit) => settle(exit),
    onGone: () => settle('gone'),
    ...more,
  });
  return { pane, exited, lines: () => readFileSync(transcriptPath, 'utf8').split('\n').slice(0, -1) };
}

/** Runs steps of the printer from before its first output to its end, and returns the lines of the transcript. */
async function transcriptOf(
  steps: object[],
  act: (pane: PaneWatch, go: () => void) => Promise<void> = async (_, go) => go(),
  redaction = noRedaction,
) {
  let lines: string[] = [];
  await withTmux(async (tmux, folder) => {
    const gate = join(folder, 'go');
    const { pane_id } = await start(tmux, 'printer.mjs', [JSON.stringify([{ waitFor: gate }, ...steps])]);
    const watched = await watch(tmux, pane_id, { redaction });
    await act(watched.pane, () => writeFileSync(gate, ''));
    await watched.exited;
    lines = watched.lines();
  });
  return lines;
}

/** Takes seconds for what tmux reads at once. */
function slowly(): Redaction {
  const cell = new Int32Array(new SharedArrayBuffer(4));
  const push = (lines: readonly string[]) => {
    if (lines.length > 200) Atomics.wait(cell, 0, 0, lines.length / 40);
    return [...lines];
  };
  return { ...noRedaction, lines: () => ({ push, flush: () => [] }) };
}

describe('a watched pane', () => {
  it('has every line of a program that prints more than is read, and ends, in its transcript', async () => {
    // tmux keeps 200,000 of them in its grid.
    const lines = await transcriptOf([{ lines: [1, 500_000] }], undefined, slowly());
    const wrong = lines.findIndex((line, index) => line !== `line ${index + 1}`);
    assert.deepEqual([lines.length, wrong], [500_000, -1]);
  });

  it('has 100,000 lines, printed as fast as possible, in its transcript once each', async () => {
    const lines = await transcriptOf([{ lines: [1, 100_000] }]);
    const wrong = lines.findIndex((line, index) => line !== `line ${index + 1}`);
    assert.deepEqual(
      { count: lines.length, wrong, there: lines[wrong] },
      { count: 100_000, wrong: -1, there: undefined },
    );
  });

  it('reports the exit code after everything was written, and keeps the last screen', () =>
    withTmux(async (tmux) => {
      const { pane_id } = await start(tmux, 'printer.mjs', [
        JSON.stringify([{ lines: [1, 3000] }, { exit: 7 }]),
      ]);
      const { pane, exited, lines } = await watch(tmux, pane_id);
      assert.deepEqual(await exited, { code: 7, signal: null });
      assert.deepEqual(lines(), numbered(1, 3000));
      assert.equal(pane.screen().rows.findLast(({ text }) => text)?.text, 'line 3000');
      assert.equal(statSync(join(tmux.home, 'transcript.log')).mode & 0o777, 0o600);
    }));

  it('reports the signal that ended its process', () =>
    withTmux(async (tmux) => {
      const { pane_id, pane_pid } = await start(tmux, 'printer.mjs', [
        JSON.stringify([{ waitFor: '/nowhere' }]),
      ]);
      const { exited } = await watch(tmux, pane_id);
      process.kill(pane_pid, 'SIGKILL');
      const { signal } = (await exited) as PaneExit;
      // tmux 3.2 does not report signals.
      assert.ok(signal === 'SIGKILL' || signal === null);
    }));

  it('is gone when its session is killed', () =>
    withTmux(async (tmux) => {
      const { pane_id } = await start(tmux, 'printer.mjs', [
        JSON.stringify([{ print: 'here\n' }, { waitFor: '/nowhere' }]),
      ]);
      const { exited, pane, lines } = await watch(tmux, pane_id);
      await until('its first line', () => pane.screen().rows[0]?.text === 'here');
      await tmux.killSession('w');
      assert.equal(await exited, 'gone');
      assert.deepEqual(lines(), ['here']);
    }));

  it('has its title, and none until the program sets one', () =>
    withTmux(async (tmux, folder) => {
      const gate = join(folder, 'go');
      const steps = [{ waitFor: gate }, { print: '\x1b]0;⠋ work | more\x07' }, { waitFor: '/nowhere' }];
      const { pane_id } = await start(tmux, 'printer.mjs', [JSON.stringify(steps)]);
      const titles: string[] = [];
      const { pane } = await watch(tmux, pane_id, { onTitle: (title) => titles.push(title) });
      assert.equal(pane.screen().title, '');
      writeFileSync(gate, '');
      await until('the title', () => titles.length > 0);
      assert.deepEqual(titles, ['⠋ work | more']);
      await pane.close();
      const again = await watch(tmux, pane_id);
      assert.equal(again.pane.screen().title, '⠋ work | more');
      await again.pane.close();
    }));
});

describe('a transcript', () => {
  it('has a line that is wider than the screen as one line', async () => {
    const long = Array.from({ length: 500 }, (_, index) => `word${index}`).join(' ');
    const exact = 'x'.repeat(160);
    assert.deepEqual(await transcriptOf([{ print: `${long}\n${exact}\nend\n` }, { lines: [1, 100] }]), [
      long,
      exact,
      'end',
      ...numbered(1, 100),
    ]);
  });

  it('keeps wide, combining and emoji characters', async () => {
    const texts = ['漢字'.repeat(60), 'e\u0301 a\u0308', '👍 ✅ 🚀', `${'a'.repeat(79)}漢b`];
    assert.deepEqual(await transcriptOf([{ print: `${texts.join('\n')}\n` }]), texts);
  });

  it('has only the last state of a progress bar', async () => {
    const bar = Array.from({ length: 100 }, (_, index) => `\rdone ${index + 1}%`).join('');
    assert.deepEqual(await transcriptOf([{ print: `begin\n${bar}\nend\n` }]), ['begin', 'done 100%', 'end']);
  });

  it('has what was on a screen before it was cleared', async () => {
    for (const clear of ['\x1b[H\x1b[2J', '\x1b[H\x1b[J', '\x1b[H\x1b[2J\x1b[3J', '\x1bc']) {
      const lines = await transcriptOf([
        { lines: [1, 30] },
        { print: clear },
        { lines: [31, 70] },
        { print: clear },
        { print: 'end\n' },
      ]);
      assert.deepEqual(lines, [...numbered(1, 70), 'end'], JSON.stringify(clear));
    }
  });

  it('does not repeat what a program redraws by moving up, as ink does', async () => {
    const frames = Array.from(
      { length: 50 },
      (_, frame) =>
        `${frame ? '\x1b[2K\x1b[1A\x1b[2K\x1b[1A\x1b[2K\x1b[G' : ''}box top\nstep ${frame}\nbox end`,
    );
    assert.deepEqual(await transcriptOf([{ print: `begin\n${frames.join('')}\n` }]), [
      'begin',
      'box top',
      'step 49',
      'box end',
    ]);
  });

  it('does not repeat what a program erases with its history and prints again', async () => {
    const all = (count: number) => `\x1b[2J\x1b[3J\x1b[H${numbered(1, count).join('\n')}\n`;
    const lines = await transcriptOf([{ print: all(40) }, { print: all(41) }, { print: all(60) }]);
    assert.deepEqual(lines, numbered(1, 60));
  });

  it('has the settled screens of a full-screen program without repeats, between what came before and after', async () => {
    const frame = (from: number) => `\x1b[H\x1b[2J${numbered(from, from + 9).join('\r\n')}`;
    const lines = await withGates(async (gate) => [
      { print: `before\n\x1b[?1049h${frame(1)}` },
      { waitFor: gate(1) },
      { print: frame(4) },
      { waitFor: gate(2) },
      { print: '\x1b[?1049lafter\n' },
    ]);
    assert.deepEqual(lines, ['before', ...numbered(1, 13), 'after']);
  });
});

/** Steps that wait at gates; each gate opens once the screen before it has settled. */
async function withGates(
  stepsOf: (gate: (number: number) => string) => Promise<object[]>,
): Promise<string[]> {
  let lines: string[] = [];
  await withTmux(async (tmux, folder) => {
    const gate = (number: number) => join(folder, `gate${number}`);
    const { pane_id } = await start(tmux, 'printer.mjs', [JSON.stringify(await stepsOf(gate))]);
    const watched = await watch(tmux, pane_id);
    for (const [number, last] of [
      [1, 'line 10'],
      [2, 'line 13'],
    ] as const) {
      await until(last, () => watched.pane.screen().rows.findLast(({ text }) => text)?.text === last);
      watched.pane.settle();
      watched.pane.settle();
      writeFileSync(gate(number), '');
    }
    await watched.exited;
    lines = watched.lines();
  });
  return lines;
}

describe('a transcript of a program that ends before its output was passed on', () => {
  it('has what was printed before the history was erased', () =>
    withTmux(async (tmux, folder) => {
      const gate = join(folder, 'go');
      const steps = [
        { waitFor: gate },
        { lines: [1, 70] },
        { print: '\x1b[H\x1b[2J\x1b[3J' },
        { print: 'end\n' },
        { exit: 7 },
      ];
      const { pane_id, server_pid } = await start(tmux, 'printer.mjs', [JSON.stringify(steps)]);
      const { pane, exited, lines } = await watch(tmux, pane_id);
      const passer = passerOf(server_pid);
      process.kill(passer, 'SIGSTOP');
      try {
        writeFileSync(gate, '');
        await until('the end of the pane', async () => (await tmux.paneFacts(pane_id))?.pane_dead);
        await until('a watch that has noticed it', () => !pane.isFollowing);
      } finally {
        process.kill(passer, 'SIGCONT');
      }
      assert.deepEqual(await exited, { code: 7, signal: null });
      assert.deepEqual(lines(), [...numbered(1, 70), 'end']);
    }));
});

/** The process that passes the output of the server's pane on. */
function passerOf(server: number): number {
  const table = processTable();
  const shells = table.filter(({ parent }) => parent === server).map(({ pid }) => pid);
  const passer = table.find(({ command, parent }) => command === 'cat' && shells.includes(parent));
  assert.ok(passer, 'no process passes the output on');
  return passer.pid;
}

describe('a transcript whose watcher stops and another starts', () => {
  it('is complete when the watcher is closed and another opened in the middle of a flood', () =>
    withTmux(async (tmux) => {
      const { pane_id } = await start(tmux, 'printer.mjs', [
        JSON.stringify([{ lines: [1, 60_000], pauseMs: 60 }]),
      ]);
      for (let lines = 0; lines < 30_000; ) {
        const { pane, lines: read } = await watch(tmux, pane_id);
        const before = lines;
        await until('more lines', () => read().length > before + 1000);
        await pane.close();
        lines = read().length;
      }
      const last = await watch(tmux, pane_id);
      await last.exited;
      assert.deepEqual(last.lines(), numbered(1, 60_000));
    }));

  it('is complete when the watcher is killed in the middle of a flood', () =>
    withTmux(async (tmux) => {
      const { pane_id } = await start(tmux, 'printer.mjs', [
        JSON.stringify([{ lines: [1, 60_000], pauseMs: 60 }]),
      ]);
      const path = join(tmux.home, 'transcript.log');
      const size = () => statSync(path, { throwIfNoEntry: false })?.size ?? 0;
      const program = bundled(fileURLToPath(new URL('../../testing/watcher.ts', import.meta.url)));
      for (let round = 0; round < 3; round++) {
        const before = size();
        const child = spawn(process.execPath, [program, tmux.home, pane_id, path], { stdio: 'inherit' });
        // Also if it has nothing to watch any more, and ends before it is killed.
        const ended = once(child, 'exit');
        // On a slow machine the flood may be over by now; this kill then tests less.
        const isOver = () => tailLines(path, 1)[0] === 'line 60000';
        await until('a transcript that grows', () => size() > before + 5000 || isOver());
        child.kill('SIGKILL');
        await ended;
      }
      const last = await watch(tmux, pane_id);
      await last.exited;
      assert.deepEqual(last.lines(), numbered(1, 60_000));
    }));

  it('continues where a full-screen program was left unwatched', () =>
    withTmux(async (tmux, folder) => {
      const gate = join(folder, 'go');
      const steps = [
        { print: 'before\n\x1b[?1049h\x1b[Hinside' },
        { waitFor: gate },
        { print: '\x1b[?1049lafter\n' },
      ];
      const { pane_id } = await start(tmux, 'printer.mjs', [JSON.stringify(steps)]);
      for (let round = 0; round < 2; round++) {
        const { pane } = await watch(tmux, pane_id);
        await until('the full screen', () => pane.screen().rows[0]?.text === 'inside');
        assert.equal(pane.screen().alternate, true);
        pane.settle();
        await pane.close();
      }
      const last = await watch(tmux, pane_id);
      writeFileSync(gate, '');
      await last.exited;
      assert.deepEqual(last.lines(), ['before', 'inside', 'after']);
    }));
});
