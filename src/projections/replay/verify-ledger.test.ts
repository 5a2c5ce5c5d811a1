import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { freshFile, stranger } from '../../events/testing/stores.ts';
import { plainRequest } from '../../machines/testing/request.ts';
import { openLedger } from '../projector/ledger.ts';
import { HELD_EVENTS } from './table-check.ts';
import { verifyLedger } from './verify-ledger.ts';

const { kind: _, ...asked } = plainRequest('ap_1');
const requested = {
  type: 'worker.spawn_requested',
  data: { state: 'STARTING', ...asked, deadline_at: null },
} as const;
const TEST = { actor: 'test' };

describe('a ledger in which an event was moved to another worker, whose rows refuse it', () => {
  for (const between of [1, HELD_EVENTS]) {
    it(`is verified as not sound, and not given up, with ${between} events in between`, () => {
      const file = freshFile();
      const ledger = openLedger(file);
      ledger.store.append('worker/ap_1', [requested], TEST);
      const notes = Array.from({ length: between }, () => ({
        type: 'watcher.stopped',
        data: { fence: 1, reason: 'x' },
      }));
      ledger.store.append('watcher', notes, TEST);
      ledger.store.append('worker/ap_2', [requested], TEST);
      stranger(file)
        .exec('DROP TRIGGER events_are_final_update')
        .exec(
          "UPDATE events SET stream_id = 'worker/ap_1', stream_version = 2 WHERE stream_id = 'worker/ap_2'",
        );
      const { ok, fault } = verifyLedger(ledger);
      assert.deepEqual([ok, fault?.position], [false, between + 2]);
      ledger.close();
    });
  }
});
