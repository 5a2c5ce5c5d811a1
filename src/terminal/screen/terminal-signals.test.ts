import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { anyCharacter } from '../../lib/testing/any-character.ts';
import { Emulator, IGNORING } from './emulator.ts';
import { SIGNAL_CODES, type TerminalSignal, TerminalSignals } from './terminal-signals.ts';

/** The signals of a terminal that receives these bytes. */
async function signalsOf(bytes: string | Uint8Array): Promise<{ signals: TerminalSignal[]; rows: string[] }> {
  const signals: TerminalSignal[] = [];
  const emulator = new Emulator(
    { cols: 40, rows: 4 },
    { ...IGNORING, signal: (signal) => signals.push(signal) },
  );
  await emulator.write(Buffer.from(bytes));
  const rows = emulator.screen().rows.map(({ text }) => text);
  emulator.dispose();
  return { signals, rows };
}

const osc = (words: string, end = '\u0007') => `\u001b]${words}${end}`;
const said = async (bytes: string) => (await signalsOf(bytes)).signals;

describe('the signals of a terminal', () => {
  it('are notifications of three kinds of terminals', async () => {
    const text = (words: string) => ({ kind: 'notification', text: words });
    assert.deepEqual(await said(osc('9;Approval requested')), [text('Approval requested')]);
    assert.deepEqual(await said(osc('777;notify;Claude Code;Waiting for your input')), [
      text('Claude Code: Waiting for your input'),
    ]);
    assert.deepEqual(await said(osc('99;;The turn is done', '\u001b\\')), [text('The turn is done')]);
    const encoded = Buffer.from('is finished').toString('base64');
    assert.deepEqual(await said(`${osc('99;i=1:d=0;The turn')}${osc(`99;i=1:d=1:e=1:p=body;${encoded}`)}`), [
      text('The turn is finished'),
    ]);
    assert.deepEqual(await said(osc('99;i=1:p=close;')), []);
  });

  it('are progress, and no notification with a number for its text', async () => {
    const states = (
      await said(
        ['9;4;1;20', '9;4;3', '9;4;2', '9;4;0', '9;9;/home', '9;4'].map((words) => osc(words)).join(''),
      )
    ).map((signal) => signal.kind === 'progress' && signal.state);
    assert.deepEqual(states, ['busy', 'busy', 'error', 'none']);
  });

  it('are the marks of a shell, also as an editor writes them', async () => {
    const marks = (
      await said(
        ['133;A', '133;C', '133;D;1', '633;C', '633;D;0', '633;A', '633;E;ls', '133;Z']
          .map((words) => osc(words))
          .join(''),
      )
    ).map((signal) => signal.kind === 'mark' && signal.at);
    assert.deepEqual(marks, ['prompt', 'command', 'prompt', 'command', 'prompt', 'prompt']);
  });

  it('arrive through the passthrough of tmux', async () => {
    assert.deepEqual(await said('\u001bPtmux;\u001b\u001b]9;Approval requested\u0007\u001b\\'), [
      { kind: 'notification', text: 'Approval requested' },
    ]);
  });

  it('draw nothing, and are short, whatever bytes they are made of', async () => {
    const { signals, rows } = await signalsOf(`a${osc(`9;${'x'.repeat(100_000)}`)}b`);
    assert.equal(rows[0], 'ab');
    assert.deepEqual(
      signals.map((signal) => signal.kind === 'notification' && signal.text.length),
      [500],
    );
    const codes = fc.constantFrom(...SIGNAL_CODES);
    fc.assert(
      fc.property(
        fc.array(fc.tuple(codes, fc.string({ unit: anyCharacter, maxLength: 300 }))),
        (sequences) => {
          const terminal = new TerminalSignals();
          for (const [code, data] of sequences) {
            const signal = terminal.read(code, data);
            if (signal?.kind === 'notification') assert.match(signal.text, /^[^\p{C}]{1,500}$/u);
          }
        },
      ),
    );
  });
});
