import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Order } from '../../fixtures/mock-model/obedient.ts';
import { withDelegation } from '../../fixtures/mock-model/scenario.ts';
import { type MockModel, startMockModel } from '../mock-model/server.ts';
import { Home } from '../workers/testing/home.ts';
import { Host } from './testing/host.ts';

/** A call that the model has made, and the answer. */
interface Made {
  name: string;
  args: Record<string, unknown>;
  answer: string;
}

const MOST_CALLS = 25;

describe('a model that knows no tool by heart, and does what the answers say', () => {
  const home = new Home({
    // Fakes are listed for no model: these are agents of the user's own.
    agents: [
      ...['question', 'approval', 'limit', 'completed', 'patch'].map((name) => ({
        id: `my-${name}`,
        program: `fake-${name}`,
      })),
      { id: 'menu', program: 'fake-menu' },
      { id: 'pays', program: 'fake-menu', env: { FAKE_MENU: 'overage' } },
      { id: 'crash', program: 'fake-crash' },
    ],
  });
  let mock: MockModel;
  before(async () => {
    mock = await startMockModel({ scenario: withDelegation });
  });
  after(() => mock.close());

  /** A host: it passes the calls of the model to the server, until the model makes none. */
  async function drive(host: Host, order: Omit<Order, 'repo_path' | 'task'>): Promise<Made[]> {
    const { tools } = await host.client.listTools();
    const wanted = JSON.stringify({ ...order, repo_path: home.repo, task: 'Plan the work' });
    const messages: object[] = [
      { role: 'system', content: host.client.getInstructions() },
      { role: 'user', content: `mock: follow ${wanted}` },
    ];
    const made: Made[] = [];
    while (made.length < MOST_CALLS) {
      const call = await askModel(
        mock.url,
        messages,
        tools.map(({ name }) => name),
      );
      if (!call) return made;
      assert.ok(
        tools.some(({ name }) => name === call.name),
        `${call.name} is not listed`,
      );
      const { content } = await host.client.callTool({ name: call.name, arguments: call.args }, undefined, {
        timeout: 120_000,
      });
      const answer = (content as { text: string }[])[0]?.text ?? '';
      made.push({ ...call, answer });
      messages.push({ role: 'tool', content: answer });
    }
    return assert.fail(`it does not end: ${made.map(({ name }) => name).join(' ')}`);
  }

  const BEFORE = ['get_usage_summary', 'get_inventory', 'spawn_worker', 'observe_worker'];
  const AFTER = ['collect_worker_artifacts', 'terminate_worker'];
  /** Without repeated waits: how often it waits depends on the machine. */
  const namesOf = (made: readonly Made[]) =>
    made
      .map(({ name }) => name)
      .filter((name, at, all) => !(name === 'observe_worker' && all[at - 1] === name));
  const alive = () => home.sessions().filter((session) => session.alive === 1).length;

  it('answers a question in prose, and ends the worker', async () => {
    const made = await drive(await Host.open(home), { provider_id: 'my-question' });
    assert.deepEqual(namesOf(made), [...BEFORE, 'send_worker_message', 'observe_worker', ...AFTER]);
    assert.match(made.at(-2)?.answer ?? '', /The answer was: migrations first/);
    assert.equal(alive(), 0, made.at(-1)?.answer);
  });

  it('answers an approval in prose', async () => {
    const made = await drive(await Host.open(home), { provider_id: 'my-approval' });
    assert.deepEqual(namesOf(made), [...BEFORE, 'send_worker_message', 'observe_worker', ...AFTER]);
    assert.match(made.at(-2)?.answer ?? '', /The command was approved/);
  });

  it('takes a choice of a menu', async () => {
    const made = await drive(await Host.open(home), { provider_id: 'menu' });
    assert.deepEqual(namesOf(made).slice(0, 6), [...BEFORE, 'answer_worker', 'observe_worker']);
    assert.equal(namesOf(made)[6], 'collect_worker_artifacts');
    assert.match(
      made.find(({ name }) => name === 'collect_worker_artifacts')?.answer ?? '',
      /Choice 1 was taken/,
    );
  });

  it('collects what a worker has made that reached its limit, and ends it', async () => {
    const made = await drive(await Host.open(home), { provider_id: 'my-limit' });
    assert.deepEqual(namesOf(made), [...BEFORE, ...AFTER]);
    assert.ok(made.some(({ answer }) => /"readiness":"limit_reached".*get_usage_summary shows/.test(answer)));
  });

  it('collects what is left of a worker that failed, and does not end what has ended', async () => {
    const made = await drive(await Host.open(home), { provider_id: 'crash' });
    assert.deepEqual(namesOf(made), [...BEFORE, 'collect_worker_artifacts']);
    assert.match(made.at(-1)?.answer ?? '', /Something went wrong on the way/);
  });

  it('answers no dialog about payment', async () => {
    const made = await drive(await Host.open(home), { provider_id: 'pays' });
    assert.deepEqual(namesOf(made), BEFORE);
    assert.match(made.at(-1)?.answer ?? '', /ask your user: only a person can answer this/);
    await home.run(['terminate', home.sessions().find((session) => session.alive === 1)?.id ?? '']);
  });

  it('removes the worktree of a worker that is done, unless that would lose its work', async () => {
    const order = { provider_id: 'my-completed', isolation: 'worktree' };
    const made = await drive(await Host.open(home), order);
    assert.deepEqual(namesOf(made), [...BEFORE, ...AFTER, 'cleanup_worktree']);
    const patch = await drive(await Host.open(home), { ...order, provider_id: 'my-patch' });
    assert.match(patch.at(-1)?.answer ?? '', /^WORKTREE_DIRTY: /);
    assert.equal(alive(), 0, made.at(-1)?.answer);
  });
});

/** The call that the model makes next; null for none. */
async function askModel(url: string, messages: readonly object[], names: readonly string[]) {
  const tools = names.map((name) => ({ type: 'function', function: { name } }));
  const body = JSON.stringify({ model: 'mock', stream: true, messages, tools });
  const said = await (await fetch(`${url}/v1/chat/completions`, { method: 'POST', body })).text();
  for (const [, data] of said.matchAll(/^data: (\{.*\})$/gm)) {
    const call = JSON.parse(data ?? '').choices[0]?.delta.tool_calls?.[0].function;
    if (call) return { name: String(call.name), args: JSON.parse(call.arguments) as Record<string, unknown> };
  }
  return null;
}
