import { openSqlite } from '../../events/store/connection.ts';
import { EventStore } from '../../events/store/store.ts';
import { answering } from '../../lib/testing/answering.ts';
import { monotonic } from '../../lib/time/monotonic.ts';
import { Link } from '../link/link.ts';
import type { LinkThreadData } from '../link/link-beside.ts';

/** A process that keeps the link of a machine until it is killed. */
answering(({ ledger, ...data }: LinkThreadData): true => {
  const store = new EventStore(ledger, openSqlite(ledger, { readonly: true, timeout: 5000 }));
  const link = new Link({ ...data, store, now: () => new Date(), monotonic });
  void link.run(new AbortController().signal);
  return true;
});
