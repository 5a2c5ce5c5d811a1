import { assertAppendable, type LedgerEvent } from '../src/events/catalogue/index.ts';
import type { NewEvent } from '../src/events/event.ts';
import type { WorkerCommand } from '../src/machines/worker/commands.ts';
import { workerDecider } from '../src/machines/worker/decide.ts';
import { noWorker, type Worker, workerStream } from '../src/machines/worker/state.ts';
import type { Random } from './random.ts';
import { history } from './worker-history.ts';

/** A worker's whole history as the deciders produce it, to be appended one event at a time. */
export interface DecidedHistory {
  stream: string;
  events: { actor: string; event: NewEvent }[];
}

/** Produces a history of exactly `length` events. */
export function decidedHistory(random: Random, length: number): DecidedHistory {
  const id = `ap_${random.letters(10)}`;
  const steps = history(random, id, length);
  const events: DecidedHistory['events'] = [];
  let worker = noWorker;
  for (let next = steps.next(worker); !next.done; next = steps.next(worker)) {
    const event = decided(worker, next.value.command, random.uuid());
    worker = workerDecider.evolve(worker, event);
    const { type, data, event_id } = event;
    events.push({ actor: next.value.actor, event: { type, data, event_id } });
  }
  return { stream: workerStream(id), events };
}

/** The one event of a command, as a log entry. Only the fields that decisions read are real. */
function decided(worker: Worker, command: WorkerCommand, event_id: string): LedgerEvent {
  const decision = workerDecider.decide(worker, command, { now: new Date(0), newId: () => '' });
  if (!decision.accepted) throw new Error(`${command.kind}: ${decision.rejection.message}`);
  const [event, ...others] = decision.events;
  if (!event || others.length > 0) throw new Error(`${command.kind} gives ${decision.events.length} events`);
  return { ...UNRECORDED, ...event, event_id, schema_version: assertAppendable(event) } as LedgerEvent;
}

const UNRECORDED = {
  position: 0,
  stream_id: '',
  stream_version: 0,
  occurred_at: '',
  recorded_at: '',
  command_id: null,
  causation_id: null,
  correlation_id: null,
  actor: '',
  metadata: {},
};
