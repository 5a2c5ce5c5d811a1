import { AgentPoolError } from '../lib/errors.ts';
import { excerpt, stripControl } from '../lib/text/plain-text.ts';
import { sessionJson } from '../projections/sessions/json.ts';
import type { SessionRow } from '../projections/sessions/queries.ts';
import type { Observed } from '../workers/commands/observe.ts';
import type { Detail } from '../workers/core/details.ts';
import { workerText } from '../workers/queries/worker-text.ts';
import type { WorkerOutput, WorkerText } from '../workers/queries/worker-text-schema.ts';
import type { DialogShown } from '../workers/sight/dialogs/dialog.ts';
import type { ArtifactManifest } from '../workspace/artifacts-schema.ts';
import type { CallContext } from './tool.ts';

/** Refuses a request for worker text when the server is in lockdown. Throws LOCKDOWN. */
export function assertAllowed(detail: Detail, { lockdown }: CallContext): Detail {
  if (lockdown && detail !== 'summary') throw lockedOut();
  return detail;
}

export const lockedOut = () =>
  new AgentPoolError('LOCKDOWN', 'This server is in lockdown: no worker text leaves it. Use detail=summary.');

/** Worker text for a host: fenced, stripped, limited in size. Null when the detail does not include it. */
export const fenced = (text: string, detail: Detail): WorkerText | null =>
  detail === 'summary' ? null : workerText(text, detail, null);

/**
 * A session without what its worker wrote: the question on its screen, and the reason of a failure, which may quote it.
 * observe_worker returns both, fenced.
 */
export function sessionForHost(row: SessionRow) {
  const { question, reason: _quoted, ...session } = sessionJson(row);
  return { ...session, question_available: question !== null };
}

/** A name that a worker may have chosen, as one short line without control or invisible characters. */
export const plainName = (name: string): string =>
  excerpt(stripControl(name).replace(/\s+/g, ' '), { maxChars: 300 }).text;

const plainOrNull = (words: string | null): string | null => (words === null ? null : plainName(words));

/** A dialog as a model receives it: each of its words as one short line. */
export const dialogForHost = (dialog: DialogShown): DialogShown => ({
  ...dialog,
  title: plainOrNull(dialog.title),
  question: plainOrNull(dialog.question),
  choices: dialog.choices.map((choice) => ({
    ...choice,
    label: plainOrNull(choice.label),
    description: plainOrNull(choice.description),
  })),
  tabs: dialog.tabs.map((tab) => ({ ...tab, label: plainOrNull(tab.label) })),
  text_field: dialog.text_field && { value: plainOrNull(dialog.text_field.value) },
});

interface Sampled {
  windows: readonly { confidence?: unknown }[];
  warnings: readonly string[];
  summary?: string;
}

const WARNED = 'an agent warned of this limit while it worked';

/**
 * Usage without the words of an agent's own warning: those come from a worker's screen, where a worker can write
 * anything.
 */
export function usageForHost<T extends Sampled>(sample: T): T {
  if (!sample.windows.some(({ confidence }) => confidence === 'provider_warning')) return sample;
  return { ...sample, warnings: [WARNED], ...(sample.summary === undefined ? {} : { summary: WARNED }) };
}

/**
 * A worker's output, or a note that it is left out. Short, because the parameter `detail` explains how to request it.
 */
export const outputForHost = (output: WorkerOutput) =>
  output.included ? output : { detail: output.detail, included: output.included };

/** A manifest without the files that do not exist. */
export const existingOnly = (manifest: ArtifactManifest): ArtifactManifest => ({
  ...manifest,
  files: manifest.files.filter(({ exists }) => exists),
});

/** An observation as a model receives it: the warnings come from the worker's screen too. */
export function observationForHost(
  { warnings, worker_output, artifact_manifest, ...observed }: Observed,
  detail: Detail,
) {
  const withheld = detail === 'summary' ? warnings.length : 0;
  const shown = warnings.length > withheld ? fenced(warnings.join('\n'), detail) : null;
  return {
    ...observed,
    artifact_manifest: existingOnly(artifact_manifest),
    worker_output: outputForHost(worker_output),
    warnings: shown ? [shown.text] : [],
    ...(withheld > 0 ? { warnings_withheld: withheld } : {}),
  };
}
