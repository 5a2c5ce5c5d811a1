import { constants } from 'node:os';
import { Command } from 'clipanion';
import { shortName } from '../../../../config/provider-ids.ts';
import { plainRecord } from '../../../../report/text/plain.ts';
import { columnsOf, isTerminal, paint } from '../../../../report/text/style.ts';
import { table } from '../../../../report/text/table.ts';
import {
  type CheckedAgent,
  type CheckedStep,
  DetectorsChecked,
} from '../../../../workers/rehearsal/schema.ts';
import { PlainCommand } from '../../../grammar/command.ts';
import { pagerFlag, plainFlag, rest, value, wholeNumber } from '../../../grammar/option.ts';

export default class DetectorsCheck extends PlainCommand<DetectorsChecked> {
  static override paths = [['detectors', 'check']];
  static override report = DetectorsChecked;
  static override usage = Command.Usage({
    category: 'Connect',
    description: 'Check whether the screens of your installed agents are still recognised',
    details: `
      Runs each named agent, or all that are installed and can be checked, in a throw-away home and repository, against a mock of its model on 127.0.0.1: no account, no cost, and none of your keys or settings. It is led through idle, working, interrupt, question, approval, limit and completion, and each screen that is not recognised is shown. Your own rules are in force. After Ctrl-C, what was done by then is shown. Nothing of it is left, also after a kill.

      The exit code is 0 if everything is recognised, else 1. See docs/detection.md.
    `,
    examples: [
      ['Check all that are installed', '$0 detectors check'],
      ['Check one agent', '$0 detectors check claude'],
      [
        'Keep every screen with its true label, to send it in',
        '$0 detectors check codex --screens my-screens',
      ],
    ],
  });

  screens = value('--screens', 'keep every screen, with its true label, in this folder');
  timeout = value('--timeout', 'how many seconds each step may take (60)', { takes: wholeNumber(1) });
  override plain = plainFlag('one step');
  override pager = pagerFlag();
  agent = rest('AGENT');

  async work(): Promise<number> {
    // A bundle of its own: no other command needs the mock of a model.
    const { checkDetectors } = await import('../../../../workers/rehearsal/check.ts');
    const interrupt = onSignals();
    try {
      const report = await checkDetectors(this.context.env, {
        agents: this.agent,
        screens: this.screens ?? null,
        timeoutSeconds: this.timeout ?? 60,
        signal: interrupt.signal,
        onAgent: ({ provider, version }) => this.#say([provider, version ?? ''].join(' ').trim()),
        onStep: (_, { step, outcome, ms }) => this.#say(`  ${SIGNS[outcome]} ${step}, ${inSeconds(ms)} s`),
      });
      await this.show(report, (checked) => this.#words(checked), plainly);
      if (interrupt.name !== null) return 128 + constants.signals[interrupt.name];
      return report.ok ? 0 : 1;
    } finally {
      interrupt.forget();
    }
  }

  #say(line: string): void {
    const { stderr } = this.context;
    if (!this.json && isTerminal(stderr)) stderr.write(`${paint(stderr).dim(line)}\n`);
  }

  #words({ agents, stopped_at: stopped, screens }: DetectorsChecked): string {
    const { stdout } = this.context;
    const missed = agents.flatMap((agent) =>
      agent.steps.filter(({ outcome }) => outcome === 'missed').map((step) => missedWords(agent, step)),
    );
    const remarks = agents.flatMap(({ provider, steps }) =>
      steps.flatMap(({ step, outcome, why }) =>
        outcome === 'recognised' && why !== null ? [`${provider}, ${step}: ${why}`] : [],
      ),
    );
    const faults = agents.flatMap(({ provider, error }) =>
      error === null ? [] : [`${provider} could not be checked to the end: ${error}`],
    );
    const ok = missed.length === 0 && faults.length === 0;
    return [
      ...(agents.length === 0 ? [] : [table(HEADER, agents.map(cellsOf), columnsOf(stdout), 0)]),
      ...(stopped === null ? [] : [stoppedWords(stopped)]),
      ...(remarks.length === 0 ? [] : [remarks.join('\n')]),
      ...faults,
      ...missed,
      ...(ok ? [] : [NEXT]),
      ...(screens === null ? [] : [`All screens are in ${screens}`]),
    ].join('\n\n');
  }
}

const HEADER = ['AGENT', 'VERSION', 'SEEN ON', 'IDLE', 'WORK', 'STOP', 'ASK', 'ALLOW', 'LIMIT', 'DONE', 'S'];
const SIGNS = { recognised: '✓', missed: '✗', lacking: '–', skipped: '?' } as const;

const cellsOf = ({ provider, version, versions, steps, ms }: CheckedAgent): string[] => [
  shortName(provider),
  version ?? '-',
  versions.at(-1) ?? '-',
  ...steps.map(({ outcome }) => SIGNS[outcome]),
  String(Math.round(ms / 1000)),
];

const inSeconds = (ms: number): string => (ms / 1000).toFixed(1);

const stoppedWords = ({ provider, step }: NonNullable<DetectorsChecked['stopped_at']>): string =>
  `stopped at ${step === null ? provider : `${provider}, ${step}`}`;

interface Interrupt {
  signal: AbortSignal;
  /** The signal that came; null while none has. */
  name: NodeJS.Signals | null;
  forget(): void;
}

/** The first signal ends the check, the second one this process: what it leaves is removed by another one. */
function onSignals(): Interrupt {
  const ended = new AbortController();
  const interrupt: Interrupt = { signal: ended.signal, name: null, forget };
  const end = (name: NodeJS.Signals) => {
    interrupt.name = name;
    forget();
    ended.abort();
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const signal of signals) process.on(signal, end);
  function forget() {
    for (const signal of signals) process.off(signal, end);
  }
  return interrupt;
}

const plainly = ({ agents }: DetectorsChecked): string[] =>
  agents.flatMap(({ provider, version, steps }) =>
    steps.map(({ step, outcome, expected, label, rule }) =>
      plainRecord(provider, version ?? '-', step, outcome, expected, label ?? '-', rule ?? '-'),
    ),
  );

/** A screen that was not recognised, as drawn, below what it was read as. */
function missedWords(
  { provider }: CheckedAgent,
  { step, expected, label, rule, why, fresh, screen }: CheckedStep,
) {
  const read = label === null ? 'nothing was there' : `read as ${label}${rule === null ? '' : ` (${rule})`}`;
  return [
    `✗ ${provider}, ${step}: it was ${expected}; ${[read, ...(why === null ? [] : [why])].join('; ')}`,
    ...(fresh === null ? [] : [`  begun in a fresh process: ${fresh}`]),
    ...(screen === null ? [] : screen.rows.map((row) => `  │ ${row}`)),
    ...(screen?.path ? [`  the whole screen: ${screen.path}`] : []),
  ].join('\n');
}

const NEXT = `What you can do:
  agentpool detectors update           take newer rules, without a release
  agentpool detectors learn SESSION    write a rule of your own from a worker's screen
  agentpool detectors check AGENT --screens FOLDER, and send us that folder`;
