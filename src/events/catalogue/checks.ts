import { Compile, type Validator } from 'typebox/compile';
import type { EventDefinition } from './definition.ts';
import { catalogue, type EventType } from './types.ts';

// The build replaces this module with precompiled functions: scripts/build/event-checks.mjs.

/** The current version of every type. */
export const versions = Object.fromEntries(
  Object.entries(catalogue).map(([type, { version }]) => [type, version]),
) as Readonly<Record<EventType, number>>;

// Compiled at the first event of a type.
const validators = new Map<EventType, Validator>();

/** Whether data matches the schema of its type. */
export function check(type: EventType, data: unknown): boolean {
  let validator = validators.get(type);
  if (!validator) {
    validator = Compile((catalogue[type] as EventDefinition).data);
    validators.set(type, validator);
  }
  return validator.Check(data);
}
