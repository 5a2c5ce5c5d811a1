import type { Writable } from 'node:stream';
import { type QuestionFacts, stepsFor } from '../../../workers/core/setup/next-steps.ts';
import type { Explanation } from '../../../workers/queries/explain.ts';
import { offeredWords } from '../../../workers/sight/dialogs/asked.ts';
import { stepLines } from '../../text/outcome.ts';
import { paint, stateLabel } from '../../text/style.ts';

/** An explanation for a person: the verdict, its evidence, and the other observations. */
export function explained(explanation: Explanation, stream: Writable): string {
  const { session_id, provider_id, state, label, observe_event, rule, region } = explanation;
  const color = paint(stream);
  const who = session_id ? `${session_id}  ${stateLabel(state ?? 'UNKNOWN', stream)}` : provider_id;
  const lines = [
    who,
    `  its screen says ${color.bold(label)}, which is the event ${observe_event}`,
    ...(rule ? [`  rule ${rule}, region ${region}`] : ['  no rule knows this screen: what was known stays']),
    ...explanation.evidence.map((row) => `    ${color.dim('│')} ${row}`),
  ];
  if (explanation.startup) lines.push(`  startup dialog ${explanation.startup}`);
  if (explanation.question) lines.push(`  it asks  ${explanation.question}`);
  for (const { number, label: words, selected } of explanation.choices ?? [])
    lines.push(`    ${selected ? '❯' : ' '} ${number}. ${words}`);
  for (const { kind, text } of explanation.warnings) lines.push(`  ! ${kind}: ${text}`);
  if (explanation.others.length > 0) lines.push('  what else matched');
  for (const other of explanation.others) lines.push(`    ${other.rule} (${other.label}): ${other.why}`);
  lines.push(...motion(explanation), ...history(explanation));
  const parts = Object.entries(explanation.regions).map(
    ([name, { first, last }]) => `${name} ${first}-${last}`,
  );
  if (parts.length > 0) lines.push(`  rows  ${parts.join(', ')}`);
  if (session_id && state)
    lines.push(
      '',
      ...stepLines(stepsFor({ id: session_id, state, alive: true, asking: askingOf(explanation) }), stream),
    );
  return lines.join('\n');
}

function askingOf({ label, overage, question = '', form }: Explanation): QuestionFacts | null {
  if (label !== 'question' && label !== 'approval' && !form) return null;
  return {
    choices: form?.choices ?? [],
    form: form ?? null,
    words: offeredWords(question),
    isAboutMoney: overage,
  };
}

function motion({ moved }: Explanation): string[] {
  if (moved === null) return [];
  if (moved.length === 0) return ['  nothing moved while it was watched for a second'];
  return moved.map(({ what, row }) => `  moved  ${what}: ${row}`);
}

function history({ last_transition, signals }: Explanation): string[] {
  const received = signals.map(({ kind, at }) => `  heard  ${at}  ${kind}`);
  if (!last_transition) return received;
  const { at, from, to, observe_event, source, rule } = last_transition;
  return [
    ...received,
    `  last seen change  ${at}  ${from} to ${to}: ${observe_event} by ${source}, rule ${rule}`,
  ];
}
