import { memberIn } from '../../../fleet/membership.ts';
import { replicaFile, replicatedMachines } from '../../../fleet/replicas/replica.ts';
import { type KnownMachine, readState } from '../../../fleet/state-file.ts';
import { AgentPoolError } from '../../../lib/errors.ts';
import { shell } from '../../../lib/text/shell.ts';
import { openReader } from '../../../projections/reader.ts';
import { sessionsNamed } from '../../../projections/sessions/queries.ts';
import { sessions } from '../../../projections/sessions/sessions.ts';
import type { AppContext } from '../../core/context.ts';
import { sessionNamed } from '../../core/sessions/named-session.ts';

/** A machine that can be asked. */
export type OtherMachine = Pick<KnownMachine, 'machine_id' | 'name' | 'seen_ms_ago'>;

/** The other machines of the fleet as the watcher last knew them, without those that have left it. */
function otherMachines(app: AppContext): OtherMachine[] {
  const { machineId } = memberIn(app.ledger.store);
  return (readState(app.paths.fleet)?.machines ?? []).filter(
    ({ machine_id, has_left }) => machine_id !== machineId && !has_left,
  );
}

/** @throws FLEET_NOT_JOINED, FLEET_MACHINE_UNKNOWN; INVALID_REQUEST for this machine itself */
export function machineNamed(app: AppContext, name: string): OtherMachine {
  const self = memberIn(app.ledger.store);
  if (name === self.name)
    throw new AgentPoolError('INVALID_REQUEST', `${name} is this machine. Leave --machine out.`, {
      machine: name,
      example: 'agentpool spawn --provider fake-question --task "Look for the parser"',
    });
  const machines = otherMachines(app);
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
 * A session of another machine, by its id or a prefix that no other session has.
 * @throws FLEET_NOT_JOINED, SESSION_AMBIGUOUS, TMUX_SESSION_NOT_FOUND
 */
export function sessionElsewhere(
  app: AppContext,
  words: string,
): { machine: OtherMachine; sessionId: string } {
  const here = new Set(replicatedMachines(app.paths.fleet));
  const found = otherMachines(app)
    .filter(({ machine_id }) => here.has(machine_id))
    .flatMap((machine) => idsOn(app, machine, words).map((sessionId) => ({ machine, sessionId })));
  const exact = found.filter(({ sessionId }) => sessionId === words);
  const [first, ...others] = exact.length > 0 ? exact : found;
  // It is not here either: that says so.
  if (!first) throw notFound(app, words);
  if (others.length === 0) return first;
  const candidates = [first, ...others].map(({ machine, sessionId }) => `${sessionId} (${machine.name})`);
  throw new AgentPoolError(
    'SESSION_AMBIGUOUS',
    `${words} matches several sessions of other machines: ${candidates.join(', ')}. Use a longer prefix.`,
    { session_id: words, candidates, example: 'agentpool fleet status' },
  );
}

function idsOn({ paths }: AppContext, { machine_id }: OtherMachine, words: string): string[] {
  const reader = openReader(replicaFile(paths.fleet, machine_id), [sessions]);
  try {
    return reader ? sessionsNamed(reader, words).map(({ id }) => id) : [];
  } finally {
    reader?.close();
  }
}

function notFound(app: AppContext, words: string): unknown {
  try {
    sessionNamed(app, words);
  } catch (error) {
    return error;
  }
  return new AgentPoolError('TMUX_SESSION_NOT_FOUND', `There was no session ${words} a moment ago.`, {
    session_id: words,
    example: shell`agentpool session show ${words}`,
  });
}
