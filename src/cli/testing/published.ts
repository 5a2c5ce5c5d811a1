import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Compile, type Validator } from 'typebox/schema';
import { packageRoot } from '../../lib/package-root.ts';

const folder = join(packageRoot(), 'docs', 'schemas');
const validators = new Map<string, Validator | null>();

function validator(name: string): Validator | null {
  const known = validators.get(name);
  if (known !== undefined) return known;
  const file = join(folder, `${name}.json`);
  const made = existsSync(file) ? Compile(closed(JSON.parse(readFileSync(file, 'utf8'))) as object) : null;
  validators.set(name, made);
  return made;
}

const ofCommand = ([first = '', second = '']: readonly string[]): Validator | null =>
  validator(`${first}-${second}`) ?? validator(first);

/** The schema for tests. The published one allows further keys for later versions; here, an undocumented key fails. */
function closed(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(closed);
  if (typeof node !== 'object' || node === null) return node;
  const reported = Object.fromEntries(Object.entries(node).map(([key, value]) => [key, closed(value)]));
  return 'properties' in reported && reported.type === 'object'
    ? { additionalProperties: false, ...reported }
    : reported;
}

/**
 * Asserts that the output of a command line matches the published schema of its command, or of an error. Does not check
 * output without --json, nor commands without a schema.
 */
export function assertPublished(words: readonly string[], stdout: string): void {
  if (!words.includes('--json')) return;
  for (const line of stdout.split('\n')) {
    const value = parsed(line);
    if (value === undefined) continue;
    const schema = 'error' in value ? validator('error') : ofCommand(words);
    if (!schema || schema.Check(value)) continue;
    const [, errors] = schema.Errors(value);
    const faults = errors.slice(0, 5).map(({ instancePath, message }) => `${instancePath || '/'} ${message}`);
    throw new Error(
      `agentpool ${words.join(' ')} printed what docs/schemas does not say (changed a schema? npm run docs):\n  ${faults.join('\n  ')}\n${line.slice(0, 2000)}`,
    );
  }
}

function parsed(line: string): object | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
