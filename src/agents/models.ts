import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import Type from 'typebox';
import Value from 'typebox/value';
import type { ModelConfig } from '../config/schema.ts';
import { ModelDescriptor, modelSources } from '../events/catalogue/providers.ts';
import { confidences } from '../events/catalogue/usage.ts';
import { errorMessage } from '../lib/errors.ts';
import type { ModelSettings, ProviderDescriptor } from './contract/descriptor.ts';
import type { ProviderModels } from './provider-schema.ts';

export type { ProviderModels };

/** A model in a user's file: only its id is needed. */
const FileModel = Type.Intersect([
  Type.Object({ id: Type.String({ minLength: 1 }) }),
  Type.Partial(ModelDescriptor),
]);
const Reasoning = Type.Object({
  supported: Type.Optional(Type.Array(Type.String())),
  default: Type.Optional(Type.Union([Type.String(), Type.Null()])),
});
const text = Type.Optional(Type.Union([Type.String(), Type.Null()]));
const FileProvider = Type.Object({
  models: Type.Optional(Type.Array(FileModel)),
  default_model: text,
  smoke_model: text,
  model_arg: text,
  model_selection: Type.Optional(Type.Enum(['model_arg', 'runtime_settings'])),
  default_initial_prompt_mode: Type.Optional(Type.Enum(['send_after_launch', 'arg', 'stdin'])),
  reasoning_effort_arg: text,
  reasoning_effort_config_key: text,
  service_tier_config_key: text,
  read_only_mode_arg: text,
  submit_keys: Type.Optional(Type.Array(Type.String())),
  catalog_completeness: text,
  quirks: Type.Optional(Type.Array(Type.String())),
});
type FileProvider = Type.Static<typeof FileProvider>;

/** A model catalogue as a JSON file, laid over ours: `{"providers": {"codex-cli": {"models": [...]}}}`. */
export interface CatalogueFile {
  providers: Record<string, FileProvider>;
}

export const Validation = Type.Object({
  ok: Type.Boolean(),
  path: Type.String(),
  errors: Type.Array(Type.String()),
  warnings: Type.Array(Type.String()),
});
export type Validation = Type.Static<typeof Validation>;

export interface CatalogueGiven {
  descriptors: readonly ProviderDescriptor[];
  /** What agents said of themselves, kept from the last time that they were asked. */
  detected?: Readonly<Record<string, readonly ModelDescriptor[]>>;
  /** The user's files in the order of model_catalog_paths. */
  files?: readonly CatalogueFile[];
  /** `providers.*.models` and `custom_providers[].models` of config.yaml, which have the last word. */
  configured?: Readonly<Record<string, readonly ModelConfig[] | undefined>>;
}

/** Our list, what the agent says of itself, the user's files, config.yaml: each laid over the one before, by id. */
export function catalogue(given: CatalogueGiven): ProviderModels[] {
  return given.descriptors.map(({ id, settings, models }) => {
    const layers = (given.files ?? []).flatMap(({ providers }) =>
      Object.hasOwn(providers, id) ? [providers[id] ?? {}] : [],
    );
    const named = layers.map(({ models: _, ...rest }) => rest);
    const detected = given.detected?.[id] ?? [];
    const lists = [
      models,
      detected,
      ...layers.map((layer) => layer.models ?? []),
      given.configured?.[id] ?? [],
    ];
    const settled = Object.assign({ ...settings }, ...named) as ModelSettings;
    return {
      provider_id: id,
      ...settled,
      submit_keys: [...settled.submit_keys],
      quirks: [...settled.quirks],
      models: lists.reduce<ModelDescriptor[]>(
        (below, above) => layer(below, above as readonly FileModel[]),
        [],
      ),
    };
  });
}

type FileModel = { id: string } & Partial<ModelDescriptor>;

function layer(below: readonly ModelDescriptor[], above: readonly FileModel[]): ModelDescriptor[] {
  const byId = new Map(below.map((model) => [model.id, model]));
  for (const model of above) {
    const base = byId.get(model.id);
    byId.set(model.id, {
      display_name: null,
      source: 'config',
      confidence: 'user_configured',
      aliases: [],
      ...base,
      ...Object.fromEntries(
        Object.entries(model).filter(([, value]) => value !== null && value !== undefined),
      ),
      id: model.id,
      metadata: { ...base?.metadata, ...model.metadata },
    } as ModelDescriptor);
  }
  return [...byId.values()];
}

/** The model that a caller's word means: an id, else an alias, whatever its case; undefined where neither fits. */
export function modelNamed(models: readonly ModelDescriptor[], word: string): ModelDescriptor | undefined {
  const wanted = word.toLowerCase();
  return (
    models.find(({ id }) => id.toLowerCase() === wanted) ??
    models.find(({ aliases }) => aliases.some((alias) => alias.toLowerCase() === wanted))
  );
}

/** Reads and checks a user's file. The catalogue is null when it has an error: half a file is never used. */
export async function readCatalogue(
  path: string,
  known: readonly string[],
  home: string,
): Promise<Validation & { catalogue: CatalogueFile | null }> {
  const whole = path.startsWith('~/') ? join(home, path.slice(2)) : path;
  const said = (errors: string[], warnings: string[] = []): Validation => ({
    ok: errors.length === 0,
    path: whole,
    errors,
    warnings,
  });
  let file: string;
  try {
    file = await readFile(whole, 'utf8');
  } catch (error) {
    return {
      ...said([`it cannot be read: ${(error as NodeJS.ErrnoException).code ?? 'unknown'}`]),
      catalogue: null,
    };
  }
  let parsed: unknown;
  try {
    parsed = JSON.parse(file);
  } catch (error) {
    return { ...said([`it is not JSON: ${errorMessage(error)}`]), catalogue: null };
  }
  const { errors, warnings } = validateCatalogue(parsed, known);
  return { ...said(errors, warnings), catalogue: errors.length === 0 ? (parsed as CatalogueFile) : null };
}

/** What is wrong with a catalogue, each with the path to it; an unknown provider is only a warning. */
export function validateCatalogue(
  parsed: unknown,
  known: readonly string[],
): Pick<Validation, 'errors' | 'warnings'> {
  if (!isObject(parsed)) return { errors: ['the catalogue must be an object'], warnings: [] };
  if (!isObject(parsed.providers))
    return { errors: ['providers: an object is required, with a provider id for each key'], warnings: [] };
  const errors: string[] = [];
  const warnings: string[] = [];
  for (const [id, entry] of Object.entries(parsed.providers)) {
    if (!known.includes(id)) warnings.push(`providers.${id}: there is no such provider`);
    for (const problem of problemsOf(entry)) errors.push(`providers.${id}${problem}`);
    if (isObject(entry))
      warnings.push(
        ...unknownKeys(entry).map((key) => `providers.${id}.${key}: not a word of the catalogue`),
      );
  }
  return { errors, warnings };
}

function problemsOf(entry: unknown): string[] {
  const at = (path: string) => path.replaceAll(/\/(\d+)/g, '[$1]').replaceAll('/', '.');
  const found = Value.Errors(FileProvider, entry).map(
    (error) => `${at(error.instancePath)}: ${error.message}${choices(error.instancePath)}`,
  );
  const models = isObject(entry) && Array.isArray(entry.models) ? entry.models : [];
  const reasoning = models.flatMap((model, index) => {
    const value = isObject(model) && isObject(model.metadata) ? model.metadata.reasoning : undefined;
    return value === undefined || Value.Check(Reasoning, value)
      ? []
      : [`.models[${index}].metadata.reasoning: {supported: [words], default: word} is wanted`];
  });
  return [...new Set([...found, ...reasoning])];
}

/** A wrong word is reported with the allowed ones. */
function choices(path: string): string {
  const words = path.endsWith('/confidence') ? confidences : path.endsWith('/source') ? modelSources : null;
  return words ? `: ${words.join(', ')}` : '';
}

const unknownKeys = (entry: Record<string, unknown>): string[] =>
  Object.keys(entry).filter((key) => !Object.hasOwn(FileProvider.properties, key));

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
