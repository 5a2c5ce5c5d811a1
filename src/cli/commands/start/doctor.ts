import type { Writable } from 'node:stream';
import { Command } from 'clipanion';
import Type, { type Static } from 'typebox';
import { loadLastValidConfig } from '../../../config/file/load.ts';
import { AgentPoolError } from '../../../lib/errors.ts';
import { list, noted } from '../../../lib/shapes.ts';
import { plainRecord } from '../../../report/text/plain.ts';
import { columnsOf, paint } from '../../../report/text/style.ts';
import { wrap } from '../../../report/text/wrap.ts';
import {
  findOrphans,
  orphanFinding,
  Repair,
  repairOrphans,
} from '../../../workers/commands/ending/orphans.ts';
import { openApp } from '../../../workers/core/context.ts';
import type { Finding } from '../../../workers/core/setup/finding.ts';
import { Diagnosis, diagnose } from '../../../workers/doctor/doctor.ts';
import { PlainCommand } from '../../grammar/command.ts';
import { flag, pagerFlag, plainFlag } from '../../grammar/option.ts';

const DoctorReport = Type.Object(
  {
    ...Diagnosis.properties,
    repairs: Type.Optional(noted(list(Repair), 'With --fix: what it did.')),
  },
  {
    description: 'The checks of the setup, and how to fix what is broken. The exit code is 1 if anything is.',
  },
);
type DoctorReport = Static<typeof DoctorReport>;

/** A ledger that cannot be opened is a finding of its own. */
const unlessUnusable = (error: unknown): null => {
  if (error instanceof AgentPoolError) return null;
  throw error;
};

export default class Doctor extends PlainCommand<DoctorReport> {
  static override paths = [['doctor']];
  static override usesHome = false;
  static override report = DoctorReport;
  static override usage = Command.Usage({
    category: 'Start',
    description: 'Check the installation and suggest fixes',
    details: `
      Checks Node, git, tmux and its private server, the config, the ledger and its hash chain, the watcher, permissions and free disk space. Creates nothing. Exits with 1 when something is broken; a warning is not an error.

      With \`--deep\` it also looks for what workers have left behind: processes and terminals of workers that have ended or that the ledger does not know, private git folders of killed commands, worktrees without a link to their repository. \`--fix\` repairs what certainly belongs to AgentPool, and says how to undo each repair or what to do next.
    `,
    examples: [
      ['Check everything', '$0 doctor'],
      ['Repair what workers and killed commands have left behind', '$0 doctor --fix'],
      ["Verify the ledger's whole hash chain, and look for optional tools", '$0 doctor --deep'],
      ['Show what is stored, and which services are contacted', '$0 doctor --privacy'],
    ],
  });

  deep = flag('--deep', 'verify every event, look for what workers left behind and for optional tools');
  fix = flag('--fix', 'repair what workers and killed commands have left behind');
  dryRun = flag('--dry-run', 'with --fix: only show what it would do');
  privacy = flag('--privacy', 'also show what is stored, and which services are asked for limits');
  override plain = plainFlag('one finding');
  override pager = pagerFlag();

  async work(): Promise<number> {
    if (this.dryRun && !this.fix)
      throw new AgentPoolError('INVALID_REQUEST', '--dry-run shows what --fix would do: name both.', {
        example: 'agentpool doctor --fix --dry-run',
      });
    const { deep, privacy } = this;
    const { findings, repairs } = deep || this.fix ? await this.#orphans() : { findings: [], repairs: [] };
    const diagnosis = await diagnose(this.context.env, { deep, privacy, also: findings });
    const report = this.fix ? { ...diagnosis, repairs } : diagnosis;
    await this.show(report, (found) => words(found, this.context.stdout), plainly);
    return diagnosis.ok ? 0 : 1;
  }

  /** What workers have left behind; after a repair, only what it has left. */
  async #orphans(): Promise<{ findings: Finding[]; repairs: Repair[] }> {
    const app = await openApp(this.context.env, 'cli', { load: loadLastValidConfig }).catch(unlessUnusable);
    if (!app) return { findings: [], repairs: [] };
    try {
      const orphans = await findOrphans(app);
      if (!this.fix) return { findings: orphans.map(orphanFinding), repairs: [] };
      app.ledger.store.assertWritable();
      const repairs = await repairOrphans(orphans, { dryRun: this.dryRun });
      const left = this.dryRun ? orphans : await findOrphans(app);
      return { findings: left.map(orphanFinding), repairs };
    } finally {
      app.ledger.close();
    }
  }
}

const plainly = ({ findings }: DoctorReport): string[] =>
  findings.map(({ check, severity, found, fix }) => plainRecord(check, severity, found, fix[0]));

function words(diagnosis: DoctorReport, stream: Writable): string {
  const color = paint(stream);
  const { home, findings, inventory, deep, privacy, repairs } = diagnosis;
  const installed = inventory.providers.filter((each) => each.installed && each.harness !== 'fake');
  const agents = installed.map(({ id, version }) => (version ? `${id} ${version}` : id)).join(', ');
  return [
    `${color.bold('AgentPool')} in ${home}`,
    '',
    ...findings.flatMap((finding) => findingLines(finding, stream)),
    ...entry('·', 'agents', agents || 'none installed, except the fakes', stream),
    ...(deep?.checks ?? []).flatMap(({ name, reason }) => entry('·', name, reason, stream)),
    ...(repairs ? repairLines(repairs, stream) : []),
    ...(privacy ? privacyLines(privacy, stream) : []),
    '',
    verdict(findings, stream),
  ].join('\n');
}

function repairLines(repairs: readonly Repair[], stream: Writable): string[] {
  const color = paint(stream);
  const [first] = repairs;
  const title = first?.dry_run ? 'What --fix would do' : 'What was done';
  if (!first) return ['', color.bold('Nothing to repair was found')];
  return [
    '',
    color.bold(title),
    ...repairs.flatMap(({ check, found, done, next }) => [
      ...entry('·', check, `${found}: ${done}`, stream),
      ...(next === null ? [] : [`${' '.repeat(LABEL + 3)}${color.dim('next')}  ${next}`]),
    ]),
  ];
}

const SIGNS = { info: ['✓', 'green'], warning: ['!', 'yellow'], error: ['✗', 'red'] } as const;
const LABEL = 13;

function findingLines({ check, severity, found, fix }: Finding, stream: Writable): string[] {
  const color = paint(stream);
  const [sign, tint] = SIGNS[severity];
  const indent = ' '.repeat(LABEL + 3);
  const first = severity === 'info' ? 'try' : 'fix';
  const fixes = fix.map((command, index) => `${indent}${color.dim(index === 0 ? first : ' or')}  ${command}`);
  return [...entry(color[tint](sign), check, found, stream), ...fixes];
}

function entry(sign: string, label: string, text: string, stream: Writable): string[] {
  const [first = '', ...rest] = wrap(text, columnsOf(stream) - LABEL - 3);
  return [`${sign} ${label.padEnd(LABEL)} ${first}`, ...rest.map((line) => ' '.repeat(LABEL + 3) + line)];
}

function privacyLines(
  { local_storage, redaction, usage_sources }: NonNullable<Diagnosis['privacy']>,
  stream: Writable,
) {
  const color = paint(stream);
  const width = columnsOf(stream) - 4;
  const list = (items: readonly string[]) =>
    items.flatMap((item) => wrap(item, width).map((line, index) => `  ${index === 0 ? '·' : ' '} ${line}`));
  const offline = usage_sources.filter(({ reads_existing_auth_state: asks }) => !asks);
  const asked = usage_sources.filter(({ reads_existing_auth_state: asks }) => asks);
  const sources = asked.map(({ provider_id, hosts, reads, opt_in }) => {
    const whom = hosts.join(', ') || 'a service of its own choice';
    return `${provider_id}: ${whom}, with ${reads}${opt_in === null ? '' : ` (only with ${opt_in}=1)`}`;
  });
  return [
    '',
    color.bold('Stored on this disk only'),
    ...list(local_storage.stores),
    '',
    color.bold('Redacted before anything is stored'),
    ...list(redaction.patterns),
    '',
    color.bold('Asked for limits, in this order, only on request'),
    ...list([...new Set(sources)]),
    '',
    color.bold('Read on this disk for limits, and sent nowhere'),
    ...list(offline.map(({ provider_id, reads }) => `${provider_id}: ${reads}`)),
  ];
}

function verdict(findings: readonly Finding[], stream: Writable): string {
  const color = paint(stream);
  const count = (severity: Finding['severity']) =>
    findings.filter((finding) => finding.severity === severity).length;
  const [errors, warnings] = [count('error'), count('warning')];
  const some = (number: number, word: string) => `${number} ${word}${number === 1 ? '' : 's'}`;
  const noted = warnings > 0 ? `, ${some(warnings, 'warning')}` : '';
  if (errors > 0) return color.red(`${some(errors, 'problem')} to fix${noted}`);
  return warnings > 0 ? color.yellow(`AgentPool works${noted}`) : color.green('No problems found');
}
