import { appendFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { paths } from '../../../config/paths.ts';
import { temporaryFolder } from '../../../lib/testing/processes.ts';
import { ALL_OF_IT, openTokens } from '../logs.ts';
import { type Group, reportOf } from '../report.ts';

/** A user whose agents have written logs. */
export function user(env: Record<string, string> = {}) {
  const ground = temporaryFolder();
  const place = { paths: paths(join(ground, 'home')), env: { HOME: ground, ...env } };
  const write = (name: string, lines: readonly object[], also = '') => {
    const file = join(ground, name);
    mkdirSync(join(file, '..'), { recursive: true });
    appendFileSync(file, lines.map((line) => `${JSON.stringify(line)}\n`).join('') + also);
    return file;
  };
  const report = async (by: Group = 'model') => {
    const { index, logs, updated } = await openTokens(place, ALL_OF_IT);
    // A report by day lists each day of its window.
    const window = { start: 0, end: Date.now() + 86_400_000 };
    const providers = logs.map(({ provider_id }) => provider_id);
    const tokenReport = reportOf(index, { window, by, providers, sessions: null });
    index.close();
    return { ...tokenReport, ...updated };
  };
  return { ground, place, write, report };
}

export const claudeAnswer = (id: string | null, output: number, facts: Record<string, unknown> = {}) => ({
  type: 'assistant',
  timestamp: '2026-03-04T10:00:00.000Z',
  cwd: '/home/dev/shop',
  sessionId: 's',
  requestId: 'r',
  message: {
    ...(id === null ? {} : { id }),
    model: 'claude-sonnet-4-6',
    usage: {
      input_tokens: 100,
      cache_creation_input_tokens: 1000,
      cache_read_input_tokens: 5000,
      output_tokens: output,
    },
  },
  ...facts,
});
export const CLAUDE = '.claude/projects/-home-dev-shop/s.jsonl';

export const meta = (id: string, forked_from_id?: string) => ({
  timestamp: '2026-03-04T10:00:00.000Z',
  type: 'session_meta',
  payload: { id, cwd: '/home/dev/shop', ...(forked_from_id ? { forked_from_id } : {}) },
});
export const turn = {
  timestamp: '2026-03-04T10:00:01.000Z',
  type: 'turn_context',
  payload: { model: 'gpt-5.5', cwd: '/r' },
};
export const count = (total: number, last: number, at = '2026-03-04T10:00:05.000Z') => ({
  timestamp: at,
  type: 'event_msg',
  payload: {
    type: 'token_count',
    info: {
      total_token_usage: { input_tokens: total, output_tokens: total / 10, total_tokens: total * 1.1 },
      last_token_usage: { input_tokens: last, cached_input_tokens: last / 2, output_tokens: last / 10 },
    },
  },
});
export const codex = (name: string) => `.codex/sessions/2026/03/04/rollout-${name}.jsonl`;
