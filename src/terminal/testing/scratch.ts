import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { until } from '../../lib/testing/until.ts';
import type { StartedSession, TmuxServer } from '../tmux/server.ts';
import { TmuxServers } from '../tmux/servers.ts';
import type { Redaction } from '../transcript/redaction.ts';

/** Runs a test with its own tmux server in its own folder, and removes both. */
export async function withTmux(test: (tmux: TmuxServer, folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'ap-term-'));
  const tmux = new TmuxServers(folder, process.env).newFor('ap_test');
  try {
    await test(tmux, folder);
  } finally {
    await tmux.killServer();
    await until('the end of the server', async () => (await tmux.serverPid()) === null);
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Runs a program of this folder in a session. */
export function start(
  tmux: TmuxServer,
  program: string,
  args: string[] = [],
  size = { cols: 80, rows: 24 },
): Promise<StartedSession> {
  const path = fileURLToPath(new URL(program, import.meta.url));
  const runner = program.endsWith('.sh') ? 'sh' : process.execPath;
  const env = { PATH: process.env.PATH ?? '' };
  return tmux.newSession({
    name: 'w',
    worker: 'ap_test',
    cwd: tmux.home,
    command: [runner, path, ...args],
    env,
    unset: [],
    ...size,
  });
}

/** A redaction that removes nothing. */
export const noRedaction: Redaction = {
  lines: () => ({ push: (lines) => [...lines], flush: () => [] }),
  text: (text) => text,
};

/** `line 1`, `line 2`, ... */
export const numbered = (from: number, to: number): string[] =>
  Array.from({ length: to - from + 1 }, (_, index) => `line ${from + index}`);
