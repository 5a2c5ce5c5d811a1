import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { AgentPoolError } from '../../../lib/errors.ts';
import { temporaryFolder } from '../../../lib/testing/processes.ts';
import { samples } from '../../../machines/testing/samples.ts';
import { openLedger } from '../../../projections/projector/ledger.ts';
import { sessionNamed } from './named-session.ts';

const { kind: _, ...requestData } = samples.request[0];
const request = (coordinator_id: string) => ({
  type: 'worker.spawn_requested',
  data: { state: 'STARTING', ...requestData, coordinator_id, deadline_at: null },
});

describe('the name of a session', () => {
  const ledger = openLedger(join(temporaryFolder(), 'ledger.sqlite'));
  after(() => ledger.close());
  const requestSession = (id: string, coordinator: string) =>
    ledger.store.append(`worker/${id}`, [request(coordinator)], { actor: 'test' });
  requestSession('ap_abc', 'cli');
  requestSession('ap_abd', 'cli');
  requestSession('ap_ab', 'cli');
  requestSession('ap_x%_y', 'mcp');

  const named = (words: string, coordinator = 'cli') => sessionNamed({ ledger, coordinator }, words).id;
  const refused = (words: string, coordinator?: string): AgentPoolError => {
    try {
      named(words, coordinator);
    } catch (error) {
      if (error instanceof AgentPoolError) return error;
      throw error;
    }
    throw new assert.AssertionError({ message: `${words} is a session` });
  };

  it('is its id, even if another id begins with it, or a prefix that no other id has', () => {
    assert.equal(named('ap_ab'), 'ap_ab');
    assert.equal(named('ap_abc'), 'ap_abc');
    assert.equal(named('ap_x'), 'ap_x%_y');
  });

  it('is @last for the newest one of this coordinator', () => {
    assert.equal(named('@last'), 'ap_ab');
    assert.equal(named('@last', 'mcp'), 'ap_x%_y');
    const { code, details } = refused('@last', 'nobody');
    assert.equal(code, 'TMUX_SESSION_NOT_FOUND');
    assert.match(details.example ?? '', /agentpool spawn/);
  });

  it('is unknown if no id begins with it; % and _ are ordinary characters', () => {
    for (const words of ['ap_nope', '', '%', 'ap%', 'AP_ABC', "'; DROP TABLE events"]) {
      const { code, details } = refused(words);
      assert.deepEqual([code, details.session_id], ['TMUX_SESSION_NOT_FOUND', words]);
      assert.equal(typeof details.example, 'string');
    }
  });

  it('is ambiguous if several ids begin with it; the error names them, newest first', () => {
    const { code, message, details } = refused('ap_a');
    assert.equal(code, 'SESSION_AMBIGUOUS');
    assert.deepEqual(details.candidates, ['ap_ab', 'ap_abd', 'ap_abc']);
    assert.match(message, /ap_abd/);
  });
});
