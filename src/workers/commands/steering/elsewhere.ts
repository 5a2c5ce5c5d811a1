import type { SteeringAsk } from '../../../events/catalogue/steering.ts';
import type { AppContext } from '../../core/context.ts';
import { type AskOptions, askMachine } from './ask.ts';
import { machineToAsk, sessionElsewhere } from './machines.ts';
import type { Elsewhere } from './schema.ts';

// A bundle of its own: few commands are about a worker of another machine.

/** Has another machine do something with its worker that these words name; `ask` gets the worker's id. */
export async function steerElsewhere<Report extends object>(
  app: AppContext,
  words: string,
  ask: (sessionId: string) => SteeringAsk,
  asking: AskOptions = {},
): Promise<Report & Elsewhere> {
  const { machine, sessionId } = sessionElsewhere(app, words);
  return (await askMachine(app, machine, ask(sessionId), asking)) as Report & Elsewhere;
}

/** Has the machine of this name start a worker. */
export async function spawnElsewhere<Report extends object>(
  app: AppContext,
  name: string,
  ask: Extract<SteeringAsk, { kind: 'spawn' }>,
  asking: AskOptions = {},
): Promise<Report & Elsewhere> {
  return (await askMachine(app, machineToAsk(app, name), ask, asking)) as Report & Elsewhere;
}
