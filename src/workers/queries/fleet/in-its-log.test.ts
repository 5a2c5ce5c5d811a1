import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { workerStream } from '../../../machines/worker/state.ts';
import type { AppContext } from '../../core/context.ts';
import { sessionNamed } from '../../core/sessions/named-session.ts';
import { JoinedHome, Machine, share } from '../../testing/fleet.ts';
import { inItsLog } from './in-its-log.ts';

describe('a worker of another machine', () => {
  const joined = new JoinedHome();
  const laptop = new Machine('laptop');
  const box = new Machine('box');
  let app: AppContext;
  before(async () => {
    app = await joined.open();
    joined.self.request('ap_here11');
    laptop.request('ap_there1');
    laptop.request('ap_same11');
    box.request('ap_same12');
    share(app.paths.fleet, joined.self, [{ machine: laptop }, { machine: box }]);
  });
  after(() => app.ledger.close());

  it('is refused with the name of its machine by what works on this one', () => {
    const refusal = { code: 'TMUX_SESSION_NOT_FOUND', message: /ap_there1 is a worker of laptop/ };
    assert.throws(() => sessionNamed(app, 'ap_there1'), refusal);
    assert.throws(() => sessionNamed(app, 'ap_the'), refusal);
    assert.throws(() => sessionNamed(app, 'ap_t'), { message: 'There is no session ap_t.' });
    assert.throws(() => sessionNamed(app, 'ap_nowhere'), { message: 'There is no session ap_nowhere.' });
  });

  it('is named in full where workers of several machines begin alike', () => {
    assert.throws(() => sessionNamed(app, 'ap_same'), {
      code: 'SESSION_AMBIGUOUS',
      message: /ap_same12, ap_same11/,
    });
  });

  it('is read from the log of its machine', async () => {
    const read = (words: string) =>
      inItsLog(app, words, ({ app: { ledger }, session, machine }) => ({
        id: session.id,
        machine: machine?.name ?? null,
        events: ledger.stream(workerStream(session.id)).map(({ type }) => type),
      }));
    const events = ['worker.spawn_requested'];
    assert.deepEqual(await read('ap_ther'), { id: 'ap_there1', machine: 'laptop', events });
    assert.deepEqual(await read('ap_here11'), { id: 'ap_here11', machine: null, events });
    await assert.rejects(read('ap_nowhere'), { code: 'TMUX_SESSION_NOT_FOUND' });
  });
});
