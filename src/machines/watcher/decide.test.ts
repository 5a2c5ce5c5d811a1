import { describe, it } from 'node:test';
import type { DomainEvent } from '../../events/catalogue/index.ts';
import { given } from '../testing/given-when-then.ts';
import { type WatcherCommand, watcherDecider } from './decide.ts';

const watcher = given(watcherDecider);
const started = (fence: number, pid = 7): DomainEvent => ({
  type: 'watcher.started',
  data: { fence, pid, started: String(pid) },
});
const stopped = (fence: number): DomainEvent => ({
  type: 'watcher.stopped',
  data: { fence, reason: 'idle' },
});
const claim = (pid: number, holderIsAlive: boolean): WatcherCommand => ({
  kind: 'claim',
  pid,
  started: String(pid),
  holderIsAlive,
});
const stop = (fence: number): WatcherCommand => ({ kind: 'stop', fence, reason: 'idle' });

describe('the watcher of an AGENTPOOL_HOME', () => {
  it('is the process that claims a home without a watcher', () => {
    watcher().when(claim(7, false)).thenEvents(started(1));
    watcher(started(1), stopped(1)).when(claim(8, true)).thenEvents(started(2, 8));
  });

  it("is refused while the holder's process is alive", () =>
    watcher(started(1)).when(claim(8, true)).thenRejected('WATCHER_RUNS', { pid: 7 }));

  it('is replaced, with a higher fence, when its process has died', () =>
    watcher(started(1)).when(claim(8, false)).thenEvents(started(2, 8)));

  it('can stop only itself', () => {
    watcher(started(1)).when(stop(1)).thenEvents(stopped(1));
    watcher(started(1), started(2, 8)).when(stop(1)).thenRejected('WATCHER_SUPERSEDED', { fence: 2 });
    watcher(started(1), stopped(1)).when(stop(1)).thenRejected('WATCHER_SUPERSEDED');
    watcher().when(stop(1)).thenRejected('WATCHER_SUPERSEDED');
  });
});
