import type { OtherMachine } from '../../../fleet/replicas/others.ts';
import { AgentPoolError } from '../../../lib/errors.ts';
import { shell } from '../../../lib/text/shell.ts';
import type { AppContext } from '../../core/context.ts';
import { workersElsewhere } from '../../core/sessions/workers-elsewhere.ts';
import { type FleetView, fleetView, machineNamed } from '../../queries/fleet/machines.ts';

/** The other machines of the fleet that can be asked: without those that have left it. */
const askable = ({ others }: FleetView): OtherMachine[] => others.filter(({ hasLeft }) => !hasLeft);

/** @throws FLEET_NOT_JOINED, FLEET_MACHINE_UNKNOWN; INVALID_REQUEST for this machine itself */
export function machineToAsk(app: AppContext, name: string): OtherMachine {
  const view = fleetView(app);
  if (name === view.self.name)
    throw new AgentPoolError('INVALID_REQUEST', `${name} is this machine. Leave --machine out.`, {
      machine: name,
      example: 'agentpool spawn --provider fake-question --task "Look for the parser"',
    });
  return machineNamed(askable(view), name);
}

/**
 * A session of another machine, by its id or a prefix that no other session has. `sessionHere` has found that there is
 * one.
 * @throws FLEET_NOT_JOINED, SESSION_AMBIGUOUS, TMUX_SESSION_NOT_FOUND
 */
export function sessionElsewhere(
  app: AppContext,
  words: string,
): { machine: OtherMachine; sessionId: string } {
  const view = fleetView(app);
  const machines = new Map(askable(view).map((machine) => [machine.machineId, machine]));
  const found = workersElsewhere(view.folder, view.self.machine_id, view.now, words).flatMap((worker) => {
    const machine = machines.get(worker.machineId);
    return machine ? [{ machine, sessionId: worker.id }] : [];
  });
  const [first, ...others] = found;
  if (!first)
    throw new AgentPoolError('TMUX_SESSION_NOT_FOUND', `The machine of ${words} has left the fleet.`, {
      session_id: words,
      example: shell`agentpool session show ${words}`,
    });
  if (others.length === 0) return first;
  const candidates = found.map(({ machine, sessionId }) => `${sessionId} (${machine.name})`);
  throw new AgentPoolError(
    'SESSION_AMBIGUOUS',
    `${words} matches several sessions of other machines: ${candidates.join(', ')}. Use a longer prefix.`,
    { session_id: words, candidates, example: 'agentpool fleet status' },
  );
}
