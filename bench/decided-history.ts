import { assertAppendable, type LedgerEvent } from '../src/events/catalogue/index.ts';
import type { NewEvent } from '../src/events/event.ts';
import type { WorkerCommand } from '../src/machines/worker/commands.ts';
import { workerDecider } from '../src/machines/worker/decide.ts';
import { noWorker, type Worker, workerStream } from '../src/machines/worker/state.ts';
import type { Random } from './random.ts';
import { history } from './worker-history.ts';

/** A worker's whole life as the deciders make it, ready to be appended an event at a time. */
export interface DecidedHistory {
  stream: string;
  events: { actor: string; event: NewEvent }[];
}

/** Writes a life of exactly so many events. */
export function decidedHistory(random: Random, length: number): DecidedHistory {
  const id = `ap_${random.letters(10)}`;
  const acts = history(random, id, length);
  const events: DecidedHistory['events'] = [];
  let worker = noWorker;
  for (let act = acts.next(worker); !act.done; act = acts.next(worker)) {
    const event = decided(worker, act.value.command, random.uuid());
    worker = workerDecider.evolve(worker, event);
    const { type, data, event_id } = event;
    events.push({ actor: act.value.actor, event: { type, data, event_id } });
  }
  return { stream: workerStream(id), events };
}

/** The one event that a command gives, as the log would tell it. Only what a decision looks at is true of it. */
function decided(worker: Worker, command: WorkerCommand, event_id: string): LedgerEvent {
  const decision = workerDecider.decide(worker, command, { now: new Date(0), newId: () => '' });
  if (!decision.accepted) throw new Error(`${command.kind}: ${decision.rejection.message}`);
  const [event, ...others] = decision.events;
  if (!event || others.length > 0) throw new Error(`${command.kind} gives ${decision.events.length} events`);
  return { ...UNWRITTEN, ...event, event_id, schema_version: assertAppendable(event) } as LedgerEvent;
}

const UNWRITTEN = {
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
