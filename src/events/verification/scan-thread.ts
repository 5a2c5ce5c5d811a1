import { openSqlite } from '../store/connection.ts';
import { answer } from './answer.ts';
import { scan } from './scan.ts';
import type { ScanQuestion } from './scan-beside.ts';

// Runs in a thread of its own, which ends with it. The build makes a bundle of it.

answer(({ file, part }: ScanQuestion, onProgress) => {
  const connection = openSqlite(file, { readonly: true, timeout: 5000 });
  try {
    return scan(connection, part, onProgress);
  } finally {
    connection.close();
  }
});
