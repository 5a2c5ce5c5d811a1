import { Compile } from 'typebox/compile';
import type { EventDefinition } from './definition.ts';
import { catalogue, type EventType } from './types.ts';

/** The first validation errors of data that `check` refused. */
export function faultsOf(type: EventType, data: unknown): string {
  const errors = Compile((catalogue[type] as EventDefinition).data)
    .Errors(data)
    .slice(0, 3);
  return errors.map((error) => `${error.instancePath || '/'} ${error.message}`).join('; ');
}
