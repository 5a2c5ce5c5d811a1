import { openSqlite } from '../../events/store/connection.ts';
import { EventStore } from '../../events/store/store.ts';
import { answer } from '../../events/verification/answer.ts';
import { type RestQuestion, restOf } from './share-check.ts';

// Runs in a thread of its own, which ends with it. The build makes a bundle of it.

answer(({ file, upTo }: RestQuestion, onProgress) => {
  const store = new EventStore(file, openSqlite(file, { readonly: true, timeout: 5000 }));
  try {
    return restOf(store, upTo, onProgress);
  } finally {
    store.close();
  }
});
