import assert from 'node:assert/strict';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { until } from '../../lib/testing/until.ts';
import { submit } from '../input/submit.ts';
import { Typing } from '../input/typing.ts';
import { start, withTmux } from '../testing/scratch.ts';
import { joined } from './arguments.ts';
import type { NewSession } from './new-session.ts';
import { TmuxServers } from './servers.ts';

/** What tmux, its formats, its commands and a shell parse. Whatever of it runs makes a file named PWNED. */
const PIECES = [
  '#',
  '##',
  '#(touch PWNED)',
  '#{pid}',
  '#{l:x}',
  '#[fg=red]',
  '#,',
  '%H',
  '%%',
  '%if',
  ';',
  '\\;',
  '; run-shell "touch PWNED"',
  '\\',
  '~',
  '~root',
  '$HOME',
  '$\x7bHOME}',
  '$(touch PWNED)',
  '`touch PWNED`',
  '"',
  "'",
  '{',
  '}',
  '\n',
  '\t',
  ' ',
  '-',
  '--',
  '=',
  '@',
  '*',
  '?',
  '!',
  '&',
  '|',
  '<',
  '>',
  '\x07',
  '\x1b[31m',
  '\x7f',
  'é漢',
  'a',
] as const;

const word = fc
  .array(fc.constantFrom(...PIECES), { minLength: 1, maxLength: 5 })
  .map((pieces) => pieces.join(''));
/** A part of a path. */
const folderName = word.map((name) => name.replaceAll('/', '').slice(0, 60) || 'x');

const session: Omit<NewSession, 'cwd' | 'command'> = {
  name: 'w',
  worker: 'ap_x',
  env: {},
  unset: [],
  cols: 80,
  rows: 24,
};

/** Writes where it runs, its arguments and one variable, each ended by a NUL, then waits. */
const WITNESS =
  'f=$1; shift; { printf "%s\\0" "$(pwd -P; echo .)" "$@"; printf "%s\\0" "$HOSTILE"; } >"$f.new"; mv "$f.new" "$f"; exec sleep 600';

describe('no word of a user is read by tmux as anything but that word', () => {
  it('in the paths, the arguments, the variables and the texts of a start, whatever they hold', async () => {
    await fc.assert(
      fc.asyncProperty(
        folderName,
        folderName,
        fc.array(word, { maxLength: 4 }),
        word,
        word,
        async (homeName, folder, args, value, text) => {
          const root = mkdtempSync(join(tmpdir(), 'ap-hw-'));
          const home = join(root, homeName, 'h');
          const cwd = join(root, folder, 'repo');
          mkdirSync(home, { recursive: true });
          mkdirSync(cwd, { recursive: true });
          const tmux = new TmuxServers(home, process.env).of('ap_test');
          try {
            const witness = join(root, 'seen');
            await tmux.newSession({
              ...session,
              cwd,
              command: ['/bin/sh', '-c', WITNESS, 'x', witness, ...args],
              env: { HOSTILE: value, PATH: process.env.PATH ?? '' },
              buffer: { name: 'task', text },
            });
            await until('the worker', () => existsSync(witness));
            const [ran, ...seen] = readFileSync(witness, 'utf8').split('\0').slice(0, -1);
            assert.equal(ran, `${cwd}\n.`);
            assert.deepEqual(seen, [...args, value]);
            assert.equal(await tmux.run(['show-buffer', '-b', 'task']), text);
            assert.equal(
              (await tmux.run(['list-panes', '-a', '-F', '#{pane_current_path}'])).includes('\n'),
              true,
            );
            assert.deepEqual(readdirSync(cwd), []);
            assert.ok(!existsSync(join(home, 'PWNED')) && !existsSync('PWNED'));
          } finally {
            await tmux.killServer();
            await until('the end of the server', async () => (await tmux.serverPid()) === null);
            rmSync(root, { recursive: true, force: true });
          }
        },
      ),
      {
        numRuns: 40,
        examples: PIECES.slice(0, 21).map((p) => [`${p}x`, `x${p}`, [p, `${p}x`, `x${p}`], p, p]),
      },
    );
  });

  it('in keys and in texts that are typed', () =>
    withTmux(async (tmux, folder) => {
      const log = join(folder, 'typed');
      // Raw, so that each byte arrives as it was typed.
      const program = 'stty raw -echo; printf ready; exec cat >"$1"';
      await tmux.newSession({ ...session, cwd: folder, command: ['/bin/sh', '-c', program, 'x', log] });
      const pane = (await tmux.listSessions())[0]?.pane_id ?? '';
      await until('the program', async () =>
        (await tmux.run(['capture-pane', '-p', '-t', pane])).includes('ready'),
      );
      const printable = PIECES.filter((piece) => !/[\x00-\x1f\x7f]/.test(piece));
      let typed = '';
      const arrives = async (words: readonly string[]) => {
        typed += words.join('');
        await until(`${JSON.stringify(words)}`, () => readFileSync(log, 'utf8').length >= typed.length);
        assert.equal(readFileSync(log, 'utf8'), typed);
      };
      const marked = printable.flatMap((piece) => [`x${piece}`, `${piece}x`, `x${piece}${piece}`]);
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.constantFrom(...marked), { minLength: 1, maxLength: 4 }),
          async (words) => {
            await tmux.sendKeys(pane, words);
            await arrives(words);
            await tmux.sendKeys(pane, words, { literal: true });
            await arrives(words);
            const text = words.join('');
            const typing = new Typing(tmux, pane, 'words');
            await tmux.run(typing.fence.raise);
            await typing.beginAndType(text);
            await arrives([text]);
            await typing.forget();
          },
        ),
        {
          numRuns: 60,
          examples: [[[';']], [['x;', 'run-shell', 'touch PWNED']], [['\\;', ';']], [['#(touch PWNED)']]],
        },
      );
      assert.deepEqual(
        readdirSync(folder).filter((name) => name.includes('PWNED')),
        [],
      );
    }));

  it('in a message', () =>
    withTmux(async (tmux, folder) => {
      const file = join(folder, 'received');
      const { pane_id } = await start(tmux, 'reader.mjs', ['box', file]);
      await until('the reader', async () =>
        (await tmux.run(['capture-pane', '-p', '-t', pane_id])).includes('ready'),
      );
      const style = { keys: ['Enter'], pastedPlaceholder: null, queued: null, clearsBox: true };
      const text = '~/x; run-shell "touch PWNED" #(touch PWNED) #{pid} $HOME \\;';
      assert.equal((await submit(tmux, pane_id, text, style)).delivery, 'delivered');
      assert.equal(JSON.parse(readFileSync(file, 'utf8').trim()), text);
      assert.ok(!existsSync(join(folder, 'PWNED')));
    }));

  it('in several commands of one call', () =>
    withTmux(async (tmux, folder) => {
      await tmux.newSession({ ...session, cwd: folder, command: ['cat'] });
      const printed = await tmux.run(
        joined([
          ['set-option', '-s', '@x', 'a;'],
          ['show-options', '-sv', '@x'],
          ['set-option', '-s', '@x', ';'],
          ['show-options', '-sv', '@x'],
        ]),
      );
      assert.deepEqual(printed.split('\n').slice(0, 2), ['a;', ';']);
    }));
});

describe('the folder of a new worker', () => {
  it('is checked before the worker runs, and a wrong one ends the start', () =>
    withTmux(async (tmux, folder) => {
      const cwd = join(folder, 'gone');
      mkdirSync(cwd);
      // The folder goes between the check of the caller and the start.
      const removing = new Proxy(
        { ...session, cwd, command: ['/bin/sh', '-c', 'touch ran; exec cat'] },
        {
          get: (target, key, receiver) => {
            if (key === 'command') rmSync(cwd, { recursive: true, force: true });
            return Reflect.get(target, key, receiver);
          },
        },
      );
      await assert.rejects(tmux.newSession(removing), (error: Error & { code?: string }) => {
        assert.equal(error.code, 'CWD_WRONG');
        assert.match(error.message, /not in .*gone/);
        return true;
      });
      assert.deepEqual(await tmux.listSessions(), []);
      assert.ok(!existsSync('ran') && !existsSync(join(folder, 'ran')));
      assert.deepEqual(
        readdirSync(folder).filter((name) => name.startsWith('folder-')),
        [],
      );
    }));

  it('may be a link', () =>
    withTmux(async (tmux, folder) => {
      mkdirSync(join(folder, 'real'));
      symlinkSync('real', join(folder, 'link'));
      await tmux.newSession({ ...session, cwd: join(folder, 'link'), command: ['cat'] });
      assert.equal((await tmux.listSessions()).length, 1);
    }));

  it('runs a program whose path has a `=`, also where variables are removed', () =>
    withTmux(async (tmux, folder) => {
      const program = join(folder, 'a=b');
      writeFileSync(program, '#!/bin/sh\ntouch "$1"\nexec cat\n', { mode: 0o755 });
      const ran = join(folder, 'ran');
      await tmux.newSession({ ...session, cwd: folder, command: [program, ran], unset: ['TMUX_PANE'] });
      await until('the program', () => existsSync(ran));
    }));
});
