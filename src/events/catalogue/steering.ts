import Type, { type Static } from 'typebox';
import { count, facts, flag, list, noted, nullable, oneOf, text } from '../../lib/shapes.ts';
import { define } from './definition.ts';
import { isolations, promptModes } from './words.ts';

const word = nullable(text);

const SendAsk = Type.Object({
  kind: oneOf(['send']),
  session_id: text,
  text,
  command: noted(flag, "Whether it is typed as it is, as a command of the agent's own."),
});

const AnswerAsk = Type.Object({
  kind: oneOf(['answer']),
  session_id: text,
  choice: word,
  expected: noted(word, 'How the label of the choice begins, if its number was given.'),
  choices: nullable(list(text)),
  text: word,
  submit: flag,
});

const TerminateAsk = Type.Object({ kind: oneOf(['terminate']), session_id: text, reason: word });

const SpawnAsk = Type.Object({
  kind: oneOf(['spawn']),
  provider: text,
  task: text,
  repo: noted(text, 'A path of the machine that is asked.'),
  role: text,
  isolation: noted(
    nullable(oneOf(isolations)),
    'Null for what the policy of the machine that is asked says.',
  ),
  runtime: text,
  model: word,
  account: word,
  allowed_files: list(text),
  max_runtime_seconds: nullable(count),
  max_turns: nullable(count),
  supervision: text,
  prompt_mode: oneOf(promptModes),
  reasoning_effort: word,
  service_tier: word,
  on_limit: noted(word, 'As the caller wrote it: the machine that is asked reads it by its own config.yaml.'),
  wait_at_most: word,
  skip_setup: flag,
  metadata: facts,
});

/** What one machine asks another to do. */
export const SteeringAsk = Type.Union([SendAsk, AnswerAsk, TerminateAsk, SpawnAsk]);
export type SteeringAsk = Static<typeof SteeringAsk>;

/** Who asks, on the machine that asks. */
export const SteeringCaller = Type.Object({
  coordinator: text,
  actor: noted(text, 'cli or mcp.'),
});
export type SteeringCaller = Static<typeof SteeringCaller>;

const requestId = noted(text, 'A UUID, the same on both machines.');

const fromMachineId = noted(text, 'The machine that asks.');
const fromMachine = noted(text, 'Its name at that time.');
const position = noted(count, 'The position of the request in the log of that machine.');
const kind = oneOf(['send', 'answer', 'terminate', 'spawn']);

/**
 * Events of the streams `steering/<request id>`: in the log of the machine that asks what it asks, in the log of the
 * machine that is asked its decision, and the outcome.
 */
export const steeringEvents = {
  'steering.requested': define(
    1,
    'This machine asks another one of the fleet to do something with a worker there.',
    Type.Object({
      request_id: requestId,
      machine_id: noted(text, 'The machine that is asked.'),
      valid_for_ms: noted(count, 'Older than this, by the clock of the database, it is refused.'),
      asked_by: SteeringCaller,
      ask: SteeringAsk,
    }),
  ),
  'steering.withdrawn': define(
    1,
    'The caller does not wait any longer for the other machine to decide.',
    Type.Object({ request_id: requestId }),
  ),
  'steering.accepted': define(
    1,
    'This machine will carry out what another one asks for.',
    Type.Object({
      request_id: requestId,
      from_machine_id: fromMachineId,
      from_machine: fromMachine,
      position,
      ask: kind,
      asked_by: SteeringCaller,
      session_id: noted(text, 'The worker; the one that will be started, of a spawn.'),
    }),
  ),
  'steering.refused': define(
    1,
    'This machine does not do what another one asks for.',
    Type.Object({
      request_id: requestId,
      from_machine_id: fromMachineId,
      from_machine: fromMachine,
      position,
      ask: kind,
      asked_by: SteeringCaller,
      session_id: word,
      code: text,
      message: text,
      accepts: noted(list(text), 'What it does for other machines: fleet.accept at that moment.'),
    }),
  ),
  'steering.carried_out': define(
    1,
    'What came of a request that was accepted.',
    Type.Object({
      request_id: requestId,
      from_machine_id: fromMachineId,
      result: noted(nullable(facts), 'What the same command prints with --json; null if it failed.'),
      error: nullable(Type.Object({ code: text, message: text, details: facts })),
    }),
  ),
};
