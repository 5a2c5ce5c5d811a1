import { type AnyMachineSnapshot, type AnyStateMachine, type EventObject, transition } from 'xstate';

/**
 * A machine as a function: the state that follows, or null where it refuses the signal. Pure; for machines whose
 * states are flat and without context, so that the name of a state is all there is to know of it.
 */
export function stepper<State extends string, Signal extends EventObject>(
  machine: AnyStateMachine,
): (state: State, signal: Signal) => State | null {
  const snapshots = new Map<State, AnyMachineSnapshot>();
  const snapshotOf = (state: State): AnyMachineSnapshot => {
    const snapshot = snapshots.get(state) ?? machine.resolveState({ value: state, context: {} });
    snapshots.set(state, snapshot);
    return snapshot;
  };
  return (state, signal) => {
    const before = snapshotOf(state);
    return before.can(signal) ? (transition(machine, before, signal)[0].value as State) : null;
  };
}
