import { answering } from '../../lib/testing/answering.ts';
import { openSqlite } from '../store/connection.ts';
import { migrate } from '../store/migrate.ts';
import { openConnection } from '../store/open.ts';

export interface MigrationQuestion {
  /** The batch after which the process kills itself; without it, it opens the ledger as every command does. */
  dieAfter?: number;
  /** Events per batch. */
  batch: number;
}

const [file = ''] = process.argv.slice(2);

answering(({ dieAfter, batch }: MigrationQuestion): string => {
  if (dieAfter === undefined) {
    openConnection(file).close();
    return 'open';
  }
  let batches = 0;
  migrate(
    openSqlite(file),
    file,
    () => {
      batches += 1;
      if (batches === dieAfter) process.kill(process.pid, 'SIGKILL');
    },
    batch,
  );
  return 'migrated';
});
