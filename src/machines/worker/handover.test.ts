import { describe, it } from 'node:test';
import type { DomainEvent } from '../../events/catalogue/index.ts';
import { given } from '../testing/given-when-then.ts';
import { plainRequest } from '../testing/request.ts';
import { samples } from '../testing/samples.ts';
import { workerDecider } from './decide.ts';

const { kind: _, ...asked } = plainRequest('ap_1');
const requested: DomainEvent = {
  type: 'worker.spawn_requested',
  data: { state: 'STARTING', ...asked, deadline_at: null },
};
const { kind: _started, ...start } = samples.record_started[0];
const started: DomainEvent = { type: 'worker.started', data: { state: 'READY', ...start } };
const delivered: DomainEvent = {
  type: 'worker.prompt_delivered',
  data: { state: 'RUNNING', mode: 'arg', delivery: 'delivered', chars: 4 },
};
const [request] = samples.request_handover;
const { kind: _request, ...intent } = request;
const handing: DomainEvent = { type: 'worker.handover_requested', data: { state: 'RUNNING', ...intent } };
const handed: DomainEvent = { type: 'worker.handed_over', data: { state: 'RUNNING', successor: 'ap_2' } };
const lost: DomainEvent = {
  type: 'worker.lost',
  data: { state: 'LOST', reason: 'its server is gone', resumable: true },
};
const failed: DomainEvent = {
  type: 'worker.handover_failed',
  data: { state: 'RUNNING', successor: 'ap_2', code: 'TMUX_FAILED', reason: 'no server' },
};

const worker = given(workerDecider);
const atWork = (...more: DomainEvent[]) => worker(requested, started, delivered, ...more);

describe('a handover', () => {
  it('is accepted of a worker at work, and of one whose process is gone', () => {
    atWork().when(request).thenEvents(handing);
    atWork(lost)
      .when(request)
      .thenEvents({ ...handing, data: { ...intent, state: 'LOST' } } as DomainEvent);
  });

  it('is refused of a worker that has no task yet', () => {
    worker(requested).when(request).thenRejected('HANDOVER_NO_TASK');
    worker(requested, started).when(request).thenRejected('HANDOVER_NO_TASK');
  });

  it('happens once: a second request and further work are refused with the successor', () => {
    for (const history of [[handing], [handing, handed]]) {
      atWork(...history)
        .when(request)
        .thenRejected('SESSION_HANDED_OVER', { successor: 'ap_2' });
      atWork(...history)
        .when({ kind: 'send', text: 'more', chars: 4 })
        .thenRejected('SESSION_HANDED_OVER', { successor: 'ap_2' });
      atWork(...history)
        .when({ kind: 'send_keys', keys: ['Enter'] })
        .thenRejected('SESSION_HANDED_OVER');
    }
  });

  it('may be tried again once it has failed', () => {
    atWork(handing, failed).when(request).thenEvents(handing);
    atWork(handing, handed, failed).when(request).thenEvents(handing);
  });

  it('is recorded once, and only to the successor that was asked for', () => {
    atWork(handing).when({ kind: 'record_handover', successor: 'ap_2' }).thenEvents(handed);
    for (const [history, successor] of [
      [[handing], 'ap_3'],
      [[handing, handed], 'ap_2'],
      [[], 'ap_2'],
    ] as const)
      atWork(...history)
        .when({ kind: 'record_handover', successor })
        .thenRejected('HANDOVER_NOT_PENDING', { successor });
  });

  it('leaves a worker lost that was ended for it, so that its work can go on; any other as it was', () => {
    const end = { kind: 'record_termination' as const, ended: [] };
    const ended: DomainEvent = { type: 'worker.terminated', data: { state: 'CANCELLED', ended: [] } };
    const [fail] = samples.fail_handover;
    const { kind: _fail, ...cause } = fail;
    const failedIn = (state: 'LOST' | 'CANCELLED'): DomainEvent => ({
      type: 'worker.handover_failed',
      data: { state, ...cause },
    });
    const passedOn: DomainEvent = {
      type: 'worker.handed_over',
      data: { state: 'CANCELLED', successor: 'ap_2' },
    };
    for (const history of [
      [handing, ended],
      [handing, ended, passedOn],
    ])
      atWork(...history)
        .when(fail)
        .thenEvents(failedIn('LOST'));
    atWork(ended, { ...handing, data: { ...intent, state: 'CANCELLED' } } as DomainEvent)
      .when(fail)
      .thenEvents(failedIn('CANCELLED'));
    // Asked for again in the same step, and for good once its caller ends it.
    const { kind: _again, ...again } = { ...request, successor: 'ap_3' };
    atWork(handing, ended)
      .when({ ...fail, instead: again })
      .thenEvents(failedIn('LOST'), { type: 'worker.handover_requested', data: { state: 'LOST', ...again } });
    atWork(handing, ended, failedIn('LOST')).when(end).thenEvents(ended);
  });
});
