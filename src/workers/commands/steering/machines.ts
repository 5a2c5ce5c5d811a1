import { memberIn } from '../../../fleet/membership.ts';
import { type OtherMachine, otherMachines } from '../../../fleet/replicas/others.ts';
import { AgentPoolError } from '../../../lib/errors.ts';
import { shell } from '../../../lib/text/shell.ts';
import type { AppContext } from '../../core/context.ts';
import { workersElsewhere } from '../../core/sessions/workers-elsewhere.ts';

/** The other machines of the fleet that can be asked: without those that have left it. */
function askable(app: AppContext): OtherMachine[] {
  const { machineId } = memberIn(app.ledger.store);
  const machines = otherMachines({ folder: app.paths.fleet, machineId, now: app.given().now });
  return machines.filter(({ hasLeft }) => !hasLeft);
}

/** @throws FLEET_NOT_JOINED, FLEET_MACHINE_UNKNOWN; INVALID_REQUEST for this machine itself */
export function machineNamed(app: AppContext, name: string): OtherMachine {
  const self = memberIn(app.ledger.store);
  if (name === self.name)
    throw new AgentPoolError('INVALID_REQUEST', `${name} is this machine. Leave --machine out.`, {
      machine: name,
      example: 'agentpool spawn --provider fake-question --task "Look for the parser"',
    });
  const machines = askable(app);
  const machine = machines.find((each) => each.name === name);
  if (machine) return machine;
  const known = machines.map((each) => each.name).join(', ') || 'none yet';
  throw new AgentPoolError(
    'FLEET_MACHINE_UNKNOWN',
    `The fleet has no machine ${JSON.stringify(name)}. The others are: ${known}.`,
    { machine: name, example: 'agentpool fleet machines' },
  );
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
  const { machineId } = memberIn(app.ledger.store);
  const machines = new Map(askable(app).map((machine) => [machine.machineId, machine]));
  const found = workersElsewhere(app.paths.fleet, machineId, app.given().now, words).flatMap((worker) => {
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
