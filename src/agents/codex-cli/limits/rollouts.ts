import { open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { answer, failure, NO_LIMITS, type Reading, type UsageSource } from '../../contract/limits/reading.ts';
import { instant, type Json, jsonLines, number, record, text } from '../../contract/limits/values.ts';
import { codexWindows } from './windows.ts';

const TAIL_BYTES = 512 * 1024;
/** Sessions that were written in parallel: the newest line may be in any of them. */
const FILES = 6;
const DAYS = 8;

/**
 * What Codex wrote down while it worked: `${CODEX_HOME:-~/.codex}/sessions/YYYY/MM/DD/rollout-*.jsonl`, lines of
 * type token_count. Offline, and as old as the last turn.
 */
export const codexRollouts: UsageSource = {
  id: 'codex-rollouts',
  provider: 'codex-cli',
  reach: 'offline',
  reads: 'sessions/**/rollout-*.jsonl in $CODEX_HOME',
  hosts: [],
  confidence: 'observed',
  deadline_ms: 3000,
  async read(context) {
    const root = join(context.env.CODEX_HOME ?? join(context.home, '.codex'), 'sessions');
    const files = await newestRollouts(root);
    if (files.length === 0) return failure('not_found', 'Codex has written no session yet');
    const tails = await Promise.all(files.map(readTail));
    return parseCodexRollouts(tails.join('\n'));
  },
};

/** The newest line of each limit_id, whichever file has it. */
export function parseCodexRollouts(lines: string): Reading {
  const newest = new Map<string, { at: string; limits: Json }>();
  for (const line of jsonLines(lines)) {
    const payload = record(line.payload);
    const limits = record(payload?.rate_limits);
    const at = instant(line.timestamp);
    if (payload?.type !== 'token_count' || !limits || at === null) continue;
    const id = text(limits.limit_id) ?? 'codex';
    if (at >= (newest.get(id)?.at ?? '')) newest.set(id, { at, limits });
  }
  if (newest.size === 0) return failure('not_found', 'no session of Codex reports its limits');
  const names = { minutes: 'window_minutes', used: 'used_percent', resets: 'resets_at' };
  const windows = [...newest].flatMap(([id, { limits }]) => {
    const scope = id === 'codex' ? null : (text(limits.limit_name) ?? id);
    return codexWindows([limits.primary, limits.secondary], names, { scope, confidence: 'observed' });
  });
  const main = newest.get('codex')?.limits;
  const credits = record(main?.credits);
  return answer({
    windows,
    plan: text(main?.plan_type),
    credits_remaining: number(credits?.balance),
    reached: text(main?.rate_limit_reached_type) !== null,
    overage: credits?.has_credits === true,
    // The oldest of the lines that are shown: a sample is never newer than any of its figures.
    observed_at: [...newest.values()].map(({ at }) => at).sort()[0] ?? null,
    stale: true,
    warnings: windows.length === 0 ? [NO_LIMITS] : [],
  });
}

/** Day folders and file names sort by time, so the newest are found without a stat of every session. */
async function newestRollouts(root: string): Promise<string[]> {
  const found: string[] = [];
  let days = 0;
  for (const year of await numbered(root)) {
    for (const month of await numbered(join(root, year))) {
      for (const day of await numbered(join(root, year, month))) {
        const folder = join(root, year, month, day);
        const names = (await entries(folder)).filter(
          (name) => name.startsWith('rollout-') && name.endsWith('.jsonl'),
        );
        found.push(
          ...names
            .sort()
            .reverse()
            .map((name) => join(folder, name)),
        );
        days += 1;
        if (found.length >= FILES || days >= DAYS) return found.slice(0, FILES);
      }
    }
  }
  return found;
}

const entries = (folder: string): Promise<string[]> => readdir(folder).catch(() => []);
const numbered = async (folder: string): Promise<string[]> =>
  (await entries(folder))
    .filter((name) => /^\d+$/.test(name))
    .sort()
    .reverse();

async function readTail(path: string): Promise<string> {
  const file = await open(path, 'r').catch(() => null);
  if (!file) return '';
  try {
    const { size } = await file.stat();
    const length = Math.min(size, TAIL_BYTES);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, size - length);
    return buffer.toString('utf8', 0, bytesRead);
  } catch {
    return '';
  } finally {
    await file.close();
  }
}
