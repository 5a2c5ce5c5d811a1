import assert from 'node:assert/strict';
import { assertAppendable, type DomainEvent, type LedgerEvent } from '../../events/catalogue/index.ts';
import type { Decider, Decision } from '../../events/decider.ts';

/** The fixed time of the tests: 12:00 UTC. */
export const NOON = new Date('2026-03-04T12:00:00.000Z');
export const minutesLater = (minutes: number) => new Date(NOON.getTime() + minutes * 60_000);

/** The log entries of these events, appended to one stream; the n-th has position n and id `e<n>`. */
export function recorded(events: readonly DomainEvent[], now = NOON, before = 0): LedgerEvent[] {
  return events.map((event, index) => {
    const position = before + index + 1;
    const at = now.toISOString();
    return {
      position,
      event_id: `e${position}`,
      stream_id: 'stream/1',
      stream_version: position,
      schema_version: assertAppendable(event),
      occurred_at: at,
      recorded_at: at,
      command_id: null,
      causation_id: null,
      correlation_id: null,
      actor: 'test',
      metadata: {},
      type: event.type,
      // As the log returns it.
      data: JSON.parse(JSON.stringify(event.data)),
    } as LedgerEvent;
  });
}

/** `given(decider)(...events).when(command).thenEvents(...events)`: a decider's test as a sentence. */
export function given<State, Command>(decider: Decider<State, Command>) {
  return (...history: DomainEvent[]) => ({
    when(command: Command, now = NOON) {
      const state = recorded(history).reduce(decider.evolve, decider.initial);
      const decision = decider.decide(state, command, { now, newId: () => 'ap_new' });
      return outcome(decision);
    },
  });
}

function outcome(decision: Decision) {
  return {
    thenEvents(...expected: DomainEvent[]): void {
      assert.deepEqual(decision, { accepted: true, events: expected });
      for (const event of expected) assertAppendable(event);
    },
    /** Compares only the details that are named. */
    thenRejected(code: string, details: Record<string, unknown> = {}, message?: RegExp): void {
      assert.ok(!decision.accepted, `accepted: ${JSON.stringify(decision)}`);
      const { rejection } = decision;
      assert.equal(rejection.code, code);
      assert.deepEqual({ ...rejection.details, ...details }, rejection.details);
      if (message) assert.match(rejection.message, message);
    },
  };
}

export interface RunResult<State> {
  state: State;
  events: LedgerEvent[];
  decisions: Decision[];
}

/** Runs commands one after the other, as a ledger would, each at its own time; rejections change nothing. */
export function run<State, Command>(
  decider: Decider<State, Command>,
  commands: readonly { command: Command; now: Date }[],
): RunResult<State> {
  const result: RunResult<State> = { state: decider.initial, events: [], decisions: [] };
  for (const { command, now } of commands) {
    const decision = decider.decide(result.state, command, { now, newId: () => 'ap_new' });
    result.decisions.push(decision);
    if (!decision.accepted) continue;
    const events = recorded(decision.events, now, result.events.length);
    result.state = events.reduce(decider.evolve, result.state);
    result.events.push(...events);
  }
  return result;
}
