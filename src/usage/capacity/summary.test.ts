import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { defaultConfig } from '../../config/file/defaults.ts';
import { paths } from '../../config/paths.ts';
import { temporaryFolder } from '../../lib/testing/processes.ts';
import { openLedger } from '../../projections/projector/ledger.ts';
import { usageSummary } from './summary.ts';

/** A machine on which `agent`, a name that other programs use too, is Cursor; each start of it is counted. */
function machineWithCursor() {
  const ground = temporaryFolder();
  const [home, bin, log] = [join(ground, 'home'), join(ground, 'bin'), join(ground, 'starts')];
  mkdirSync(home);
  mkdirSync(bin);
  const script = `#!/bin/sh\necho "$*" >> '${log}'\necho 2026.01.01-abcdef0\n`;
  writeFileSync(join(bin, 'agent'), script, { mode: 0o755 });
  const place = {
    config: defaultConfig(),
    paths: paths(home),
    env: { PATH: `${bin}:/usr/bin:/bin`, HOME: ground },
    ledger: openLedger(paths(home).ledger),
    actor: 'cli',
  };
  after(() => place.ledger.close());
  return { place, starts: () => readFileSync(log, 'utf8').trim().split('\n') };
}

describe('a usage summary that asks the providers', () => {
  it('detects the agents once', async () => {
    const { place, starts } = machineWithCursor();
    const request = {
      providers: ['cursor-cli'],
      backend: 'native',
      interactive: false,
      refresh: true,
      elsewhere: () => [],
    } as const;
    const { providers } = await usageSummary(place, request);
    assert.deepEqual(Object.keys(providers), ['cursor-cli']);
    assert.equal(starts().filter((args) => args.includes('--version')).length, 1);
    assert.equal(new Set(starts()).size, starts().length, 'no question is asked twice');
  });
});
