import { answering } from '../../lib/testing/answering.ts';
import { openSqlite } from '../store/connection.ts';

const [file = ''] = process.argv.slice(2);
const connection = openSqlite(file);

/** Holds the write lock of a database, as a process does that creates the ledger; releases it a moment after it is asked to. */
answering(async (what: 'hold' | 'release soon'): Promise<void> => {
  if (what === 'hold') connection.exec('BEGIN IMMEDIATE');
  else await new Promise<void>((done) => setTimeout(done, 100)).then(() => connection.exec('ROLLBACK'));
});
