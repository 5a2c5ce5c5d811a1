import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { until } from '../../../lib/testing/until.ts';
import { noRedaction, start, withTmux } from '../../testing/scratch.ts';
import type { TmuxServer } from '../server.ts';
import { capturePane } from './pane-capture.ts';
import { watchPane } from './pane-watch.ts';

/** The server, whose answers to captures end early, as those of one that is being killed. */
function cutShort(tmux: TmuxServer, cut: (printed: string) => string): TmuxServer {
  const run: TmuxServer['run'] = async (words, input) => {
    const printed = await tmux.run(words, input);
    return tmux.argv(words).join(' ').includes('capture-pane') ? cut(printed) : printed;
  };
  return Object.assign(Object.create(tmux) as TmuxServer, { run });
}

const printing = (tmux: TmuxServer, ...more: object[]) =>
  start(tmux, 'printer.mjs', [JSON.stringify([...more, { lines: [1, 3] }, { waitFor: '/nowhere' }])]);

describe('the capture of a pane', () => {
  for (const [kind, before] of [
    ['a plain', []],
    ['a full', [{ print: '\u001b[?1049h\u001b[H' }]],
  ] as const)
    it(`of ${kind} screen is all of it or none`, () =>
      withTmux(async (tmux) => {
        const { pane_id } = await printing(tmux, ...before);
        const whole = async () => {
          const { main, fullScreen } = (await capturePane(tmux, pane_id, [])).capture;
          return [...main, ...fullScreen].some((line) => line.includes('line 3'));
        };
        await until('its last line', whole);
        let length = 0;
        await capturePane(
          cutShort(tmux, (printed) => {
            length = printed.length;
            return printed;
          }),
          pane_id,
          [],
        );
        for (let end = 0; end < length - 1; end += 7) {
          const cut = cutShort(tmux, (printed) => printed.slice(0, end));
          await assert.rejects(capturePane(cut, pane_id, []), { code: 'TMUX_FAILED' }, `cut at ${end}`);
        }
      }));

  it('leaves the transcript as it is when the server is killed meanwhile', () =>
    withTmux(async (tmux) => {
      let isDying = false;
      const dying = cutShort(tmux, (printed) => (isDying ? printed.slice(0, printed.length / 2) : printed));
      const { pane_id } = await printing(tmux);
      const transcriptPath = join(tmux.home, 'transcript.log');
      const faults: unknown[] = [];
      const pane = await watchPane({
        tmux: dying,
        paneId: pane_id,
        transcriptPath,
        redaction: noRedaction,
        onScreen: () => {},
        onExit: () => {},
        onGone: () => {},
        onFault: (error) => faults.push(error),
      });
      const lines = () => readFileSync(transcriptPath, 'utf8');
      await until('its lines', () => lines().includes('line 3'));
      isDying = true;
      await tmux.run(['resize-window', '-t', pane_id, '-x', '100']);
      await until('a capture that failed', () => faults.length > 0);
      assert.match(lines(), /line 1\nline 2\nline 3/);
      await pane.close();
    }));
});
