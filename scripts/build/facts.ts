// What the build derives from the sources before it bundles them.
import { readdirSync, readFileSync } from 'node:fs';
import { Code } from 'typebox/compile';
import * as formats from 'typebox/format';
import { parse } from 'yaml';
import { commands } from '../../src/cli/commands/index.ts';
import { everyGrammar } from '../../src/cli/grammar/every.ts';
import type { EventDefinition } from '../../src/events/catalogue/definition.ts';
import { catalogue } from '../../src/events/catalogue/types.ts';
import { leaseMachine, nextLease } from '../../src/machines/lease/machine.ts';
import { next, workerMachine, workerSignals } from '../../src/machines/worker/machine.ts';
import { neededWordsOf } from '../../src/terminal/detection/rules/needed-words.ts';
import { checkRuleFile } from '../../src/terminal/detection/rules/rule-file.ts';
import type { RuleFile } from '../../src/terminal/detection/rules/schema.ts';
import { writtenFormats } from '../../src/workspace/redaction/detectors/formats/all.ts';

/** What every command takes, for help, completion and the fast parser. */
export const grammar = (): Promise<unknown> => everyGrammar(commands);

/** A file of screen rules as JSON, with the words that its patterns need. Throws if it is invalid. */
export function screenRules(path: string, provider: string): string {
  const [problem] = checkRuleFile(path, provider);
  if (problem) throw new Error(`${problem.file}:${problem.line}: ${problem.what}`);
  const content = parse(readFileSync(path, 'utf8')) as RuleFile;
  return JSON.stringify({ ...content, words: neededWordsOf(content) });
}

/** A module like src/events/catalogue/checks.ts, with the schemas compiled. */
export function eventChecks(): string {
  const types = Object.entries(catalogue as Record<string, EventDefinition>);
  const used = new Set<string>();
  const checks = types.map(([type, { data }]) => {
    const { Code: code, External } = Code(data);
    const externals = External.variables.map((variable) => {
      if (variable instanceof RegExp) return String(variable);
      const [name] = Object.entries(formats).find(([, format]) => format === variable) ?? [];
      if (!name) throw new Error(`${type}: ${String(variable)} cannot be compiled ahead of time`);
      used.add(name);
      return name;
    });
    const body = code
      .replaceAll(/^(import|let|export function SetExternal|\/\/).*$/gm, '')
      .replace('export function Check(value) { return ', 'return ((value) => ')
      .replace(/ }\s*$/, ')');
    if (/\bHashing\b/.test(body)) throw new Error(`${type}: its check needs TypeBox`);
    return `${JSON.stringify(type)}: ((External) => {${body}})([${externals.join()}])`;
  });
  const versions = Object.fromEntries(types.map(([type, { version }]) => [type, version]));
  return [
    // Imports the files directly: the package's index would load all of TypeBox.
    `import * as Guard from ${pathIn('guard/guard.mjs')};`,
    ...[...used].map((name) => `import { ${name} } from ${pathIn(formatFile(name))};`),
    `export const versions = ${JSON.stringify(versions)};`,
    `const checks = {${checks.join(',\n')}};`,
    'export const check = (type, data) => checks[type](data);',
  ].join('\n');
}

/**
 * The modules of the machines, with the answers of xstate as tables: loading it and building two machines takes as long
 * as all else that a command does with them.
 */
export const machines = (): Record<string, string> => ({
  'src/machines/worker/machine.ts': `export const next = ${answers(workerMachine, next, workerSignals)}`,
  'src/machines/lease/machine.ts': `export const nextLease = ${answers(
    leaseMachine,
    nextLease,
    leaseMachine.events.map((type) => ({ type }) as Parameters<typeof nextLease>[1]),
  )}`,
});

/** A function like `next` that knows every answer. */
function answers<State extends string, Signal extends { type: string }>(
  { states, events }: { states: object; events: readonly string[] },
  next: (state: State, signal: Signal) => State | null,
  signals: readonly Signal[],
): string {
  const unlisted = events.filter((type) => !signals.some((signal) => signal.type === type));
  if (unlisted.length > 0) throw new Error(`the list of signals lacks ${unlisted.join(', ')}`);
  const after = (state: string) =>
    signals.flatMap((signal) => {
      const to = next(state as State, signal);
      return to === null ? [] : [[Object.values(signal).join(' '), to]];
    });
  const table = Object.fromEntries(
    Object.keys(states).map((state) => [state, Object.fromEntries(after(state))]),
  );
  return `((table) => (state, signal) => table[state][Object.values(signal).join(' ')] ?? null)(${JSON.stringify(table)})`;
}

/** A module like src/workspace/redaction/detectors/formats/all.ts, with the formats as plain data. */
export const tokenFormats = (): string =>
  `export const writtenFormats = () => ${JSON.stringify(writtenFormats())};`;

const built = 'node_modules/typebox/build';

const pathIn = (file: string): string => JSON.stringify(`./${built}/${file}`);

function formatFile(name: string): string {
  const file = readdirSync(`${built}/format`)
    .filter((each) => each.endsWith('.mjs'))
    .find((each) => readFileSync(`${built}/format/${each}`, 'utf8').includes(`export function ${name}(`));
  if (!file) throw new Error(`no format ${name} in ${built}`);
  return `format/${file}`;
}
