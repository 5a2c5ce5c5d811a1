import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { DomainEvent } from '../../events/catalogue/index.ts';
import { given, NOON, run } from '../testing/given-when-then.ts';
import {
  type Circumstances,
  MOST_VALID_MS,
  type Request,
  type SteeringCommand,
  steeringDecider,
} from './decide.ts';

const request = given(steeringDecider);

const asked: Request = {
  request_id: 'r1',
  from_machine_id: 'm-laptop',
  from_machine: 'laptop',
  position: 7,
  asked_by: { coordinator: 'cli', actor: 'cli' },
  ask: 'send',
  valid_for_ms: 30_000,
  withdrawn: false,
};
const now: Circumstances = { accepts: ['send'], ageMs: 40, sessionId: 'ap_1', machine: 'desk' };

const decide = (changes: Partial<Request> = {}, circumstances: Partial<Circumstances> = {}) => ({
  kind: 'decide' as const,
  request: { ...asked, ...changes },
  circumstances: { ...now, ...circumstances },
});

const recorded = {
  request_id: 'r1',
  from_machine_id: 'm-laptop',
  from_machine: 'laptop',
  position: 7,
  ask: 'send' as const,
  asked_by: { coordinator: 'cli', actor: 'cli' },
};
const accepted: DomainEvent = { type: 'steering.accepted', data: { ...recorded, session_id: 'ap_1' } };
const refused = (code: string, message: string, changes: object = {}): DomainEvent => ({
  type: 'steering.refused',
  data: { ...recorded, session_id: 'ap_1', code, message, accepts: ['send'], ...changes },
});
const outcome = { result: { ok: true }, error: null };
const finish: SteeringCommand = { kind: 'finish', requestId: 'r1', fromMachineId: 'm-laptop', outcome };
const carriedOut: DomainEvent = {
  type: 'steering.carried_out',
  data: { request_id: 'r1', from_machine_id: 'm-laptop', ...outcome },
};

describe('what another machine asks for', () => {
  it('is accepted if this machine does that for others, it is young enough and the worker is here', () =>
    request().when(decide()).thenEvents(accepted));

  it('is refused with what is accepted', () => {
    const nothing =
      'desk does not accept send from other machines; it accepts nothing. Its owner may add it to fleet.accept in the config.yaml of desk.';
    request()
      .when(decide({}, { accepts: [] }))
      .thenEvents(refused('FLEET_STEERING_REFUSED', nothing, { accepts: [] }));
    const others =
      'desk does not accept spawn from other machines; it accepts send, answer. Its owner may add it to fleet.accept in the config.yaml of desk.';
    request()
      .when(decide({ ask: 'spawn' }, { accepts: ['send', 'answer'] }))
      .thenEvents(refused('FLEET_STEERING_REFUSED', others, { ask: 'spawn', accepts: ['send', 'answer'] }));
  });

  it('is refused once it is older than its caller waits', () => {
    request()
      .when(decide({}, { ageMs: 30_000 }))
      .thenEvents(accepted);
    const message = 'The request reached desk 30.1 s after it was made, and was valid for 30 s.';
    request()
      .when(decide({}, { ageMs: 30_100 }))
      .thenEvents(refused('FLEET_STEERING_EXPIRED', message));
  });

  it('is not valid for longer than ten minutes, whatever it says', () => {
    const message = 'The request reached desk 600.1 s after it was made, and was valid for 600 s.';
    request()
      .when(decide({ valid_for_ms: 10 * MOST_VALID_MS }, { ageMs: MOST_VALID_MS + 100 }))
      .thenEvents(refused('FLEET_STEERING_EXPIRED', message));
  });

  it('is refused if its age cannot be told', () => {
    const message = 'The request reached desk an unknown time after it was made, and was valid for 30 s.';
    request()
      .when(decide({}, { ageMs: Number.NaN }))
      .thenEvents(refused('FLEET_STEERING_EXPIRED', message));
  });

  it('is refused after it was withdrawn, however young it is', () =>
    request()
      .when(decide({ withdrawn: true }))
      .thenEvents(
        refused('FLEET_STEERING_EXPIRED', 'The request was withdrawn before desk had decided on it.'),
      ));

  it('is refused without such a worker', () =>
    request()
      .when(decide({}, { sessionId: null }))
      .thenEvents(refused('TMUX_SESSION_NOT_FOUND', 'desk has no such session.', { session_id: null })));

  it('is decided on once, whatever has changed since', () => {
    request(accepted).when(decide()).thenEvents();
    request(accepted)
      .when(decide({}, { accepts: [] }))
      .thenEvents();
    request(refused('FLEET_STEERING_REFUSED', 'no')).when(decide()).thenEvents();
  });

  it('has one outcome, and none if it was refused', () => {
    request(accepted).when(finish).thenEvents(carriedOut);
    request(accepted, carriedOut).when(finish).thenEvents();
    request(refused('FLEET_STEERING_REFUSED', 'no')).when(finish).thenEvents();
    request().when(finish).thenEvents();
  });
});

describe('what this machine asks for', () => {
  const asks = {
    request_id: 'r1',
    machine_id: 'm-desk',
    valid_for_ms: 30_000,
    asked_by: { coordinator: 'cli', actor: 'cli' },
    ask: { kind: 'terminate' as const, session_id: 'ap_1', reason: null },
  };
  const requested: DomainEvent = { type: 'steering.requested', data: asks };
  const withdraw: SteeringCommand = { kind: 'withdraw', requestId: 'r1' };
  const withdrawn: DomainEvent = { type: 'steering.withdrawn', data: { request_id: 'r1' } };

  it('is asked once', () => {
    request().when({ kind: 'request', request: asks }).thenEvents(requested);
    request(requested).when({ kind: 'request', request: asks }).thenRejected('VERSION_CONFLICT');
  });
  it('is withdrawn once', () => {
    request(requested).when(withdraw).thenEvents(withdrawn);
    request(requested, withdrawn).when(withdraw).thenEvents();
    request().when(withdraw).thenEvents();
  });
});

describe('a request that arrives any number of times', () => {
  const command: fc.Arbitrary<SteeringCommand> = fc.oneof(
    fc
      .record({
        ask: fc.constantFrom('send' as const, 'answer' as const, 'terminate' as const, 'spawn' as const),
        valid_for_ms: fc.nat(60_000),
        withdrawn: fc.boolean(),
        from_machine_id: fc.constantFrom('m-laptop', 'm-other'),
        accepts: fc.subarray(['send', 'answer', 'terminate', 'spawn']),
        ageMs: fc.oneof(fc.nat(60_000), fc.constant(Number.NaN), fc.constant(-5)),
        sessionId: fc.constantFrom('ap_1', 'ap_2', null),
      })
      .map(({ accepts, ageMs, sessionId, ...changes }) => decide(changes, { accepts, ageMs, sessionId })),
    fc.constant(finish),
  );

  it('is accepted or refused once, and carried out only after it was accepted', () => {
    fc.assert(
      fc.property(fc.array(command, { maxLength: 12 }), (commands) => {
        const { events, decisions } = run(
          steeringDecider,
          commands.map((each) => ({ command: each, now: NOON })),
        );
        assert.ok(decisions.every(({ accepted: isAccepted }) => isAccepted));
        const types = events.map(({ type }) => type);
        const expected = [
          [],
          ['steering.refused'],
          ['steering.accepted'],
          ['steering.accepted', 'steering.carried_out'],
        ];
        assert.ok(
          expected.some((each) => JSON.stringify(each) === JSON.stringify(types)),
          types.join(),
        );
      }),
    );
  });

  it('is accepted only if the one that arrived first may be', () => {
    fc.assert(
      fc.property(command, (first) => {
        const { events } = run(steeringDecider, [{ command: first, now: NOON }]);
        if (first.kind !== 'decide' || events[0]?.type !== 'steering.accepted') return;
        const {
          request: { ask, valid_for_ms, withdrawn },
          circumstances,
        } = first;
        assert.ok(circumstances.accepts.includes(ask));
        assert.ok(circumstances.ageMs <= valid_for_ms);
        assert.equal(withdrawn, false);
        assert.equal(circumstances.sessionId, events[0].data.session_id);
      }),
    );
  });
});
