import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { packageRoot } from '../package-root.ts';
import { monotonic } from './monotonic.ts';

/** The sources that read the time of day as a number, and why none of them measures how long something takes with it. */
const TIME_OF_DAY: Readonly<Record<string, string>> = {
  'agents/contract/conversation.ts': 'compares with a time that the agent stored, as its start',
  'agents/last-detected.ts': 'compares with a time that an earlier process stored',
  'agents/forks/opencode/token-log.ts': 'compares with times that the agent stored',
  'agents/version-options.ts': 'stores it, and compares with what an earlier process stored',
  'cli/fast/signal.ts': 'stores when a signal was given',
  'mock-model/apis/api.ts': 'says when a limit of the mock resets, which is a time of day',
  'mock-model/limits.ts': 'the same, as a client counts it',
  'mock-model/server.ts': 'says when it was asked and answered, to be compared with times of other processes',
  'tui/top/feed/ledger-feed.ts':
    'waits for the next full minute, and names the moment up to which tokens count',
  'usage/asking/ask-once.ts':
    'stores when an answer was given, and compares with what another process stored',
  'workers/core/watcher/heartbeat.ts': 'compares with the time of a file, only as a first suspicion',
  'workers/core/watcher/watcher-process.ts': 'compares with the time of a file, and asks the process table',
  'workers/sight/signals/listen.ts': 'stores when a bell was rung',
  'workers/watch/reactors/deadline.ts':
    'compares with the deadline in the ledger once, checked by the age of the process',
  'workers/watch/recording/recorder.ts':
    'stores when a frame was shown; a clock that is set back begins a new piece',
  'workers/watch/worker/signals.ts': 'stores when a signal was given',
};

describe('a duration', () => {
  it('is measured by a clock that cannot be set, in every source', () => {
    const sources = join(packageRoot(), 'src');
    const reading = readdirSync(sources, { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.ts') && !path.endsWith('.test.ts') && !path.includes('/testing/'))
      .filter((path) => /\bDate\.now\b/.test(readFileSync(join(sources, path), 'utf8')));
    assert.deepEqual(reading.sort(), Object.keys(TIME_OF_DAY).sort());
  });

  it('only grows', () => {
    const first = monotonic();
    assert.ok(monotonic() >= first);
  });
});
