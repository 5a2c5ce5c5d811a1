import { open, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type FoundFile, filesBelow } from '../../../lib/files/below.ts';
import {
  answer,
  failure,
  NO_LIMITS,
  type UsageReading,
  type UsageSource,
} from '../../contract/limits/reading.ts';
import { instant, type Json, jsonLines, record, text } from '../../contract/limits/values.ts';
import { isCompressedRollout, isRollout } from '../rollout.ts';
import { codexAccount, codexHome } from './account.ts';
import { bucketWindows, creditsOf, individualLimit, MAIN, ROLLOUT, refusalOf } from './snapshot.ts';

/** A picture or the output of a tool may follow the last limits. */
const TAILS = [512 * 1024, 8 << 20, 64 << 20];
/** Sessions that were written in parallel: the newest line may be in any of them. */
const FILES = 6;

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
  account: codexAccount,
  async read(context) {
    const root = join(codexHome(context), 'sessions');
    const files = newestRollouts(root);
    if (files.length === 0) return failure('not_found', 'Codex has written no session yet');
    const tails = await Promise.all(files.slice(0, FILES).map(readTail));
    return parseCodexRollouts(tails.join('\n'));
  },
};

/** The newest line of each limit_id, whichever file has it. */
export function parseCodexRollouts(lines: string): UsageReading {
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
  const main = newest.get(MAIN)?.limits ?? null;
  const plan = [...newest].flatMap(([id, { limits, at }]) =>
    bucketWindows(limits, ROLLOUT, {
      id: id === MAIN ? null : id,
      confidence: 'observed',
      taken: new Date(at),
    }),
  );
  const member = main && individualLimit(main, ROLLOUT, { binds: true, confidence: 'observed' });
  const windows = member ? [...plan, member] : plan;
  const credits = creditsOf(main, ROLLOUT);
  const blocked = refusalOf({ bucket: main, names: ROLLOUT, allowed: null, windows, credits });
  return answer({
    windows,
    plan: text(main?.plan_type),
    credits_remaining: credits.balance,
    blocked,
    unlimited: credits.unlimited && windows.length === 0,
    reached: text(main?.rate_limit_reached_type) !== null,
    overage: credits.drawable,
    // The oldest of the lines that are shown: a sample is never newer than any of its figures.
    observed_at: [...newest.values()].map(({ at }) => at).sort()[0] ?? null,
    stale: true,
    warnings: windows.length === 0 && blocked === null ? [NO_LIMITS] : [],
  });
}

/** Those that were written last: a session that is resumed stays in the folder of the day on which it began. */
function newestRollouts(root: string): FoundFile[] {
  const { files } = filesBelow([root], {
    isNested: true,
    isWanted: (name) => isRollout(name) || isCompressedRollout(name),
  });
  return files.reverse().sort((a, b) => b.stat.mtimeMs - a.stat.mtimeMs);
}

/** The last lines of a file that have limits, from a part of it that is no longer than needed; '' if none has. */
async function readTail({ path }: FoundFile): Promise<string> {
  if (isCompressedRollout(path)) return readCompressed(path);
  const file = await open(path, 'r').catch(() => null);
  if (!file) return '';
  try {
    const { size } = await file.stat();
    for (const bytes of TAILS) {
      const length = Math.min(size, bytes);
      const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, size - length);
      const tail = buffer.toString('utf8', 0, bytesRead);
      if (tail.includes('"rate_limits"')) return linesWithLimits(tail);
      if (length === size) break;
    }
    return '';
  } catch {
    return '';
  } finally {
    await file.close();
  }
}

/** Codex compresses sessions that have rested for a while: such a file can only be read as a whole. */
async function readCompressed(path: string): Promise<string> {
  try {
    const { size } = await stat(path);
    if (size > MOST_COMPRESSED) return '';
    const [{ unzstd }, bytes] = await Promise.all([import('../../../lib/files/unzstd.ts'), readFile(path)]);
    return linesWithLimits(new TextDecoder().decode(unzstd(bytes)));
  } catch {
    return '';
  }
}

const MOST_COMPRESSED = 16 << 20;

const linesWithLimits = (tail: string): string =>
  tail
    .split('\n')
    .filter((line) => line.includes('"rate_limits"'))
    .join('\n');
