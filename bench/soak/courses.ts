import type { Agent } from '../../src/workers/testing/home.ts';
import type { Driver } from './driver.ts';
import type { Kind } from './kinds.ts';

/** The fake agents that are no providers by themselves, with the settings of a soak. */
export const AGENTS: readonly Agent[] = [
  { id: 'soak-done', program: 'fake-done' },
  { id: 'soak-menu', program: 'fake-menu' },
  { id: 'soak-flood', program: 'fake-flood', env: { FAKE_LINES: '5000', FAKE_RATE: '2000' } },
  { id: 'soak-spin', program: 'fake-spin', env: { FAKE_DELAY_MS: '8000' } },
  { id: 'soak-crash', program: 'fake-crash' },
  { id: 'soak-hang', program: 'fake-hang' },
  { id: 'soak-children', program: 'fake-children' },
];

const WORKTREE = ['--isolation', 'worktree', '--role', 'implementer'];

/** A worker that needs no caller until its end. */
const alone =
  (provider: string, event = 'completed') =>
  async (driver: Driver) => {
    const id = await driver.spawn(provider);
    await driver.until(id, event);
    await driver.finish(id);
  };

/** What is done in each course. It throws where a step ends otherwise than it should. */
export const COURSES: Readonly<Record<Kind, (driver: Driver) => Promise<void>>> = {
  completes: alone('fake-completed'),
  exits: alone('soak-done'),
  prints: alone('soak-flood'),
  spins: alone('soak-spin'),
  crashes: alone('soak-crash', 'error'),

  // Its worktree has no changes: that is left to gc.
  asks: async (driver) => {
    const id = await driver.spawn('fake-question', ...WORKTREE);
    await driver.until(id, 'question');
    await driver.ask('send', id, 'the migrations');
    await driver.until(id, 'completed');
    await driver.finish(id);
  },

  approves: async (driver) => {
    const id = await driver.spawn('fake-approval');
    await driver.until(id, 'approval_prompt');
    await driver.ask('send', id, 'y');
    await driver.until(id, 'completed');
    await driver.finish(id);
  },

  chooses: async (driver) => {
    const id = await driver.spawn('soak-menu');
    await driver.until(id, 'approval_prompt');
    await driver.ask('answer', id, '--choice', '1');
    await driver.until(id, 'completed');
    await driver.finish(id);
  },

  parks: async (driver) => {
    const task = `Edit it; resets in ${driver.waitS} s`;
    const id = await driver.spawn('fake-limit-wait', ...WORKTREE, '--on-limit', 'wait', '--task', task);
    await driver.until(id, 'PARKED');
    await driver.until(id, 'completed');
    await driver.take(id);
  },

  stops: async (driver) => {
    const id = await driver.spawn('fake-limit');
    await driver.until(id, 'limit_warning');
    // What it does after it was collected, even the end of its turn, is work that was not collected.
    await driver.until(id, 'IDLE');
    await driver.finish(id);
  },

  hangs: async (driver) => {
    const id = await driver.spawn('soak-hang', '--max-runtime-seconds', String(driver.waitS));
    await driver.until(id, 'timeout,FAILED');
    await driver.ask('collect', id);
  },

  terminated: async (driver) => {
    const id = await driver.spawn('fake-idle');
    await driver.until(id, 'idle');
    await driver.ask('send', id, 'and the tests');
    await driver.until(id, 'idle');
    await driver.finish(id);
  },

  orphans: async (driver) => {
    const id = await driver.spawn('soak-children');
    await driver.until(id, 'RUNNING,idle');
    await driver.pause(2);
    await driver.finish(id);
  },

  patches: async (driver) => {
    const id = await driver.spawn('fake-patch', ...WORKTREE);
    await driver.until(id, 'completed');
    await driver.take(id);
  },

  // Its patch is applied, and its worktree stays as it is.
  leaves: async (driver) => {
    const id = await driver.spawn('fake-patch', ...WORKTREE);
    await driver.until(id, 'completed');
    await driver.apply(id);
    await driver.ask('terminate', id);
  },

  handed: async (driver) => {
    const id = await driver.spawn('fake-idle', ...WORKTREE);
    await driver.until(id, 'idle');
    const next = await driver.handOver(id, 'fake-patch');
    await driver.until(next, 'completed');
    await driver.take(next);
  },

  queued: async (driver) => {
    const id = await driver.spawn('fake-completed', '--queue', '--not-before', `+${driver.waitS}s`);
    await driver.until(id, 'completed');
    await driver.finish(id);
  },

  dequeued: async (driver) => {
    const id = await driver.spawn('fake-completed', '--queue', '--not-before', '+2h');
    await driver.ask('queue', 'remove', id);
  },

  resumed: async (driver) => {
    const id = await driver.spawn('fake-resume', '--task', 'Look for the parser, which takes 600 s');
    // An agent that is killed before it has kept its task has no conversation to take up, or one without the task.
    await driver.shows(id, 'Working...');
    driver.home.tmux(id, 'kill-server');
    await driver.until(id, 'LOST');
    await driver.ask('resume', id, '--task', 'Look once more');
    await driver.until(id, 'completed');
    await driver.finish(id);
  },
};
