import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { EventData } from '../../events/catalogue/index.ts';
import type { WorkerState } from '../../events/catalogue/words.ts';
import { lostTo } from '../../projections/leases/fleet-leases.ts';
import type { SessionRow } from '../../projections/sessions/queries.ts';
import { workerEvent } from '../testing/events.ts';
import { lossOf, notificationOf, notificationTitle } from './notification.ts';
import type { Notification } from './notification-schema.ts';
import { desktopCommand } from './send.ts';

const session = { id: 'ap_a', provider_id: 'codex-cli', task: 'Look for the parser' } as SessionRow;
const delivered = workerEvent('worker.prompt_delivered', { state: 'RUNNING' });
const saw = (
  observe_event: EventData<'worker.transitioned'>['observe_event'],
  state: WorkerState,
  readiness: string | null = null,
) => workerEvent('worker.transitioned', { observe_event, state, readiness });
const question = saw('question', 'AWAITING_USER_INPUT');
const completed = saw('completed', 'COMPLETED');
const exited = workerEvent('worker.exited', { state: 'COMPLETED', code: 0, signal: null, result: 'present' });
const sent = workerEvent('worker.message_sent', { state: 'RUNNING' });

const notified = (...events: Parameters<typeof notificationOf>[1][number][]): Notification | null =>
  notificationOf(session, events, { withQuestion: false });

describe('a notification about a worker', () => {
  it('says that it begins to wait, every time', () => {
    assert.deepEqual(
      [notified(delivered, question)?.event, notified(delivered, question)?.because],
      ['waits', 'question'],
    );
    assert.equal(notified(delivered, question, sent), null);
    assert.equal(notified(delivered, question, sent, question)?.event, 'waits');
    assert.equal(notified(delivered, saw('approval_prompt', 'AWAITING_APPROVAL'))?.event, 'waits');
  });

  it('says that its turn has ended, but not that it has no task yet', () => {
    assert.equal(notified(delivered, saw('idle', 'IDLE', 'turn_ended'))?.event, 'waits');
    assert.equal(notified(delivered, saw('idle', 'IDLE', 'limit_reached'))?.because, 'limit');
    assert.equal(notified(saw('idle', 'IDLE', 'turn_ended')), null);
  });

  it('says once that it has ended', () => {
    assert.equal(notified(delivered, completed)?.event, 'ended');
    assert.equal(notified(delivered, completed, exited), null);
    assert.equal(notified(delivered, exited)?.event, 'ended');
    const late = workerEvent('worker.deadline_exceeded', {
      state: 'FAILED',
      deadline_at: '',
      max_runtime_seconds: 1,
    });
    assert.equal(
      notificationTitle(notified(delivered, late) as Notification),
      'codex-cli has exceeded its deadline',
    );
  });

  it('says once that it waits for a limit to reset, and that it goes on', () => {
    const parked = workerEvent('worker.parked', {
      state: 'PARKED',
      because: 'limit',
      until: '2026-11-30T14:05:00.000Z',
      window: null,
      known_from: 'screen',
      continues_itself: false,
      check_at: '',
      give_up_at: null,
      attempt: 1,
      tried: [],
    });
    const news = notified(delivered, parked) as Notification;
    assert.deepEqual([news.event, news.because], ['parked', 'limit']);
    assert.equal(notificationTitle(news), 'codex-cli waits for its limit to reset at 14:05 UTC');
    assert.equal(notified(delivered, parked, parked), null);
    const continued = workerEvent('worker.message_sent', { state: 'RUNNING', continuation: true });
    assert.equal(notified(delivered, parked, continued)?.event, 'continued');
    assert.equal(notified(delivered, parked, saw('screen_changed', 'RUNNING'))?.event, 'continued');
    assert.equal(notified(delivered, parked, sent), null);
    const stopped = workerEvent('worker.park_ended', { state: 'IDLE', reason: 'waited_too_long' });
    assert.deepEqual(notified(delivered, parked, stopped)?.because, 'limit');
  });

  it('says that a queued worker could not start, unless its caller dropped it', () => {
    const queued = workerEvent('worker.queued', { state: 'QUEUED' });
    const dropped = (because: 'expired' | 'caller') =>
      workerEvent('worker.dequeued', { state: 'CANCELLED', because, reason: 'its deadline has passed' });
    const failed = workerEvent('worker.spawn_failed', {
      state: 'FAILED',
      code: 'SPAWN_FAILED',
      reason: 'no',
    });
    const title = 'codex-cli was dropped from the queue';
    assert.equal(notificationTitle(notified(queued, dropped('expired')) as Notification), title);
    assert.equal(notified(queued, dropped('caller')), null);
    assert.equal(notified(queued, failed)?.event, 'ended');
    assert.equal(notified(failed), null);
  });

  it('is not sent for a command of its user', () => {
    assert.equal(notified(delivered, workerEvent('worker.terminated', { state: 'CANCELLED' })), null);
  });

  it('has the question only if the config includes it', () => {
    assert.equal(notified(delivered, question)?.question, undefined);
  });

  it('says that it has lost a lease to another machine, but not that one has ended at its time', () => {
    const ended = (metadata: Record<string, unknown>) =>
      ({
        ...workerEvent('worker.message_sent', { state: 'RUNNING' }),
        type: 'lease.expired',
        metadata,
      }) as never;
    const lease = { file_path: 'src' };
    const lost = lossOf(session, ended(lostTo({ machine: 'laptop', session_id: 'ap_b', path: '' })), lease);
    assert.deepEqual(lost?.lease, { path: 'src', machine: 'laptop', session_id: 'ap_b' });
    assert.equal(notificationTitle(lost as Notification), 'codex-cli has lost its lease on src to laptop');
    const late = lossOf(session, ended(lostTo(null)), { file_path: '' });
    assert.equal(notificationTitle(late as Notification), 'codex-cli has lost its lease on .');
    assert.equal(lossOf(session, ended({}), lease), null);
  });

  it('reaches the desktop as separate arguments', () => {
    const news = {
      ...(notified(delivered, question) as Notification),
      task: '"; do shell script "x\u001b[31m',
    };
    const mac = desktopCommand(news, 'darwin');
    assert.deepEqual(mac.slice(-2), ['codex-cli asks a question', '"; do shell script "x']);
    assert.deepEqual(desktopCommand(news, 'linux').slice(-3), [
      '--',
      'codex-cli asks a question',
      '"; do shell script "x',
    ]);
  });
});
