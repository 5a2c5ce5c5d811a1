import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { freshStore, notes } from '../../events/testing/stores.ts';
import { MOST_OF_RECORDINGS, type PageRequest, pageOfLedger, shownFrom } from './gather.ts';

const head = (started_at: string) =>
  `${JSON.stringify({ version: 1, session_id: 'ap_a', run: 1, cols: 80, rows: 24, started_at })}\n`;
const piece = (time: string, text: string) =>
  `${head(`2026-03-04T${time}.000Z`)}${JSON.stringify([0, [[0, text]]])}\n`;

const pieces = [piece('09:00:00', 'first'), piece('10:00:00', 'second'), piece('11:00:00', 'third')];
const at = (time: string) => Date.parse(`2026-03-04T${time}Z`);

describe('the recordings of a page', () => {
  it('begin with the piece that shows what was on the screen at the start', () => {
    const from = (time: string) => shownFrom(pieces.join(''), at(time));
    assert.equal(from('08:00:00'), pieces.join(''));
    assert.equal(from('10:00:00'), pieces.slice(1).join(''));
    assert.equal(from('10:59:59'), pieces.slice(1).join(''));
    assert.equal(from('23:00:00'), pieces[2]);
    assert.equal(shownFrom('not a recording', 0), '');
  });

  it('share what a browser can keep, and lack nothing where all is recorded', async () => {
    const asked: [string, number][] = [];
    const request: PageRequest = {
      sessions: ['ap_a', 'ap_b'],
      from: null,
      made: { by: 'agentpool test', at: new Date(0), zone: 'UTC' },
      notes: [],
      recordingOf: async (session, most) => {
        asked.push([session, most]);
        return session === 'ap_a' ? pieces.join('') : null;
      },
    };
    const store = freshStore();
    store.append('watcher', notes('others'), { actor: 'test' });
    const { data, recordings } = await pageOfLedger(store, request);
    assert.deepEqual(asked, [
      ['ap_a', MOST_OF_RECORDINGS / 2],
      ['ap_b', MOST_OF_RECORDINGS / 2],
    ]);
    assert.deepEqual(recordings, [pieces.join(''), null]);
    assert.deepEqual([data.events, data.gaps, data.cut], [[], [], []]);
  });
});
