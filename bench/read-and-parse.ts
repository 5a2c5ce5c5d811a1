import { openSqlite } from '../src/events/store/connection.ts';
import type { Figure } from './figure.ts';
import { timed } from './timing.ts';

/** What no program that reads the whole log can do without: every row, in order, and its data parsed. */
function readAndParse(file: string): void {
  const connection = openSqlite(file, { readonly: true });
  const rows = connection.prepare<[], { payload: string }>('SELECT * FROM events ORDER BY position');
  for (const { payload } of rows.iterate()) JSON.parse(payload);
  connection.close();
}

/** The floor of everything that reads the whole log, in seconds. */
export const readingFloor = (file: string): NonNullable<Figure['floor']> => ({
  value: timed(() => readAndParse(file)) / 1000,
  unit: 's',
  what: 'read + parse',
});
