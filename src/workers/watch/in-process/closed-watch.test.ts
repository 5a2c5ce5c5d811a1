import assert from 'node:assert/strict';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { until } from '../../../lib/testing/until.ts';
import { terminateWorker } from '../../commands/ending/terminate.ts';
import { nothingMore } from '../../commands/spawning/options.ts';
import { spawnWorker } from '../../commands/spawning/spawn.ts';
import { type AppContext, openApp } from '../../core/context.ts';
import { sessionNamed } from '../../core/sessions/named-session.ts';
import { aloneIfFree } from '../../core/worker-lock.ts';
import { Home } from '../../testing/home.ts';
import { watchHere } from './watch-in-process.ts';

/** Devin at its prompt, which takes what is typed and never shows it. */
const DEAF = `
import { writeFileSync } from 'node:fs';
if (!process.env.AGENTPOOL_SESSION_ID) process.exit(1);
const rule = '─'.repeat(60);
process.stdin.setRawMode(true);
process.stdin.on('data', () => writeFileSync(process.argv[2], 'typed'));
process.stdout.write(['\\x1b[2J\\x1b[H', rule, '❭ ', rule, 'normal'].join('\\r\\n'));
`;

describe('a watch that is closed', () => {
  const home = new Home();
  const agent = join(home.ground, 'devin.mjs');
  const typed = join(home.ground, 'typed');
  writeFileSync(agent, DEAF);
  home.configure([], {
    watcher: { enabled: false },
    policy: { allow_shared_repo_edits: true, require_worktree_for_edits: false },
    providers: { 'devin-cli': { command: [process.execPath, agent, typed] } },
  });

  const spawned = (app: AppContext, task: string): Promise<string> =>
    spawnWorker(app, {
      ...nothingMore(),
      provider: 'devin-cli',
      repo: home.repo,
      task,
      role: 'implementer',
      isolation: 'shared',
      model: null,
      account: null,
      promptMode: 'send_after_launch',
    });

  it('reads nothing more of the ledger, also while a task was being typed', async () => {
    const app = await openApp(home.env, 'cli');
    const id = await spawned(app, 'Look for the parser');
    const watch = await watchHere(app, sessionNamed(app, id));
    await until('the first key', () => existsSync(typed));
    await watch?.close();
    assert.equal(await aloneIfFree(app, id, async () => 'free'), 'free', 'nothing is being typed any more');
    app.ledger.close();
    await home.json(['terminate', id]);
  });

  it('has recorded how its worker ended, or left that to the next one', async () => {
    const app = await openApp(home.env, 'cli');
    const id = await spawned(app, 'Look for the parser again');
    const session = sessionNamed(app, id);
    // It may find the terminal gone.
    const watching = watchHere(app, session).catch(() => null);
    await terminateWorker(app, session);
    await (await watching)?.close();
    app.ledger.close();
    assert.equal(home.session(id).state, 'CANCELLED');
  });
});
