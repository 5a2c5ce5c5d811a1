import { loadConfig } from '../../config/file/load.ts';
import { type Env, homeFolder } from '../../config/paths.ts';
import { projections } from '../../projections/projector/all.ts';
import { ledgerStats } from '../../projections/projector/ledger-stats.ts';
import { openReader } from '../../projections/reader.ts';
import { isTerminal } from '../../report/text/style.ts';
import type { Values } from '../grammar/parse.ts';
import { print } from '../output/print.ts';

/** `agentpool ledger stats`. The full command pages it on a terminal. */
export async function answer({ json, plain }: Values, env: Env): Promise<number | null> {
  if (plain || (!json && isTerminal(process.stdout))) return null;
  const { paths } = await loadConfig(homeFolder(env), env);
  const reader = openReader(paths.ledger, projections);
  if (!reader) return null;
  try {
    const stats = reader.reading(() => ledgerStats(reader, paths));
    if (json) print(`${JSON.stringify(stats)}\n`);
    else {
      const { ledgerStatsText } = await import('../../report/views/history/ledger-stats.ts');
      print(`${ledgerStatsText(stats, process.stdout, new Date())}\n`);
    }
    return 0;
  } finally {
    reader.close();
  }
}
