import { Compile, type Validator } from 'typebox/compile';
import type { Definition } from './definition.ts';
import { catalogue, type EventType } from './types.ts';

// The build replaces this module by the same functions compiled ahead: scripts/build/event-checks.mjs.

/** The current version of every type. */
export const versions = Object.fromEntries(
  Object.entries(catalogue).map(([type, { version }]) => [type, version]),
) as Readonly<Record<EventType, number>>;

// Compiled when a type is first met.
const validators = new Map<EventType, Validator>();

/** Whether data is what the catalogue says of its type. */
export function check(type: EventType, data: unknown): boolean {
  let validator = validators.get(type);
  if (!validator) {
    validator = Compile((catalogue[type] as Definition).data);
    validators.set(type, validator);
  }
  return validator.Check(data);
}
