import { defaultConfig } from '../../config/file/defaults.ts';
import { paths } from '../../config/paths.ts';
import { answering } from '../../lib/testing/answering.ts';
import { openLedger } from '../../projections/projector/ledger.ts';
import { askUsage } from '../asking/ask.ts';
import type { Probed } from '../asking/probe.ts';

const [home = '', bin = ''] = process.argv.slice(2);
const place = {
  config: defaultConfig(),
  paths: paths(home),
  env: { PATH: `${bin}:/usr/bin:/bin`, HOME: home },
  ledger: openLedger(paths(home).ledger),
  actor: 'cli',
};

/** Asks codex for its limits, as a separate command line would. */
answering(
  (): Promise<Probed> =>
    askUsage(place, { providers: ['codex-cli'], backend: 'native', interactive: false, fresh_ms: 0 }),
);
