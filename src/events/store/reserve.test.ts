import assert from 'node:assert/strict';
import { readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, it } from 'node:test';
import { temporaryFolder } from '../../lib/testing/processes.ts';
import { keepReserve, spendReserve } from './reserve.ts';

describe('the space that is kept for the outcome of what cannot be undone', () => {
  const ledger = join(temporaryFolder(), 'ledger.sqlite');

  it('takes space on the disk until it is spent, once, and is kept again', () => {
    assert.equal(spendReserve(ledger), false);
    for (const _ of [1, 2]) {
      keepReserve(ledger);
      const [name = ''] = readdirSync(dirname(ledger));
      const { blocks, mode } = statSync(join(dirname(ledger), name));
      assert.ok(blocks > 0);
      assert.equal(mode & 0o077, 0);
      keepReserve(ledger);
      assert.deepEqual([spendReserve(ledger), spendReserve(ledger)], [true, false]);
      assert.deepEqual(readdirSync(dirname(ledger)), []);
    }
  });

  it('is no reason to fail where it cannot be kept', () => {
    keepReserve(join(dirname(ledger), 'nowhere', 'ledger.sqlite'));
    assert.equal(spendReserve(join(dirname(ledger), 'nowhere', 'ledger.sqlite')), false);
  });
});
