import { execFileSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { agentpool } from '../agentpool.ts';
import { type BenchOptions, besideFloor, type Figure } from '../figure.ts';
import { McpHost } from '../mcp-host.ts';
import { seededHome } from '../seeds.ts';
import { median, nodeFloor, percentile, run, timed } from '../timing.ts';

/** An MCP server over stdio from its host's view: time to the first answer, time per call, memory growth. */
export async function* mcp(options: BenchOptions): AsyncGenerator<Figure> {
  const { quick, onProgress } = options;
  const home = seededHome(quick ? 30_000 : 1_000_000, options);
  onProgress('starts');
  yield* await startTimes(quick ? 5 : 20);
  const host = new McpHost(agentpool(home, 'mcp', '--toolsets', 'all'));
  try {
    await host.initialize();
    onProgress('calls');
    yield* await calls(host, quick ? 100 : 1000);
    onProgress('memory');
    yield* await memory(host, quick ? [300, 1000] : [1000, 10_000, 50_000]);
  } finally {
    await host.close();
  }
}

/** From the start of the process to its first answer, and to the list of tools that every host requests next. */
async function startTimes(rounds: number): Promise<Figure[]> {
  const [floor, answered, listed]: [number[], number[], number[]] = [[], [], []];
  for (let round = 0; round < rounds; round++) {
    floor.push(timed(() => run(nodeFloor)));
    const start = performance.now();
    const host = new McpHost(agentpool(tmpdir(), 'mcp'));
    await host.initialize();
    answered.push(performance.now() - start);
    await host.listTools();
    listed.push(performance.now() - start);
    await host.close();
  }
  const least = { value: median(floor), unit: 'ms', what: 'node -e 0' } as const;
  return [
    besideFloor({ what: 'mcp: start to first answer', value: median(answered), unit: 'ms' }, least),
    besideFloor({ what: 'mcp: start to list of tools', value: median(listed), unit: 'ms' }, least),
  ];
}

async function calls(host: McpHost, rounds: number): Promise<Figure[]> {
  const { sessions } = JSON.parse(await host.call('list_sessions', { include_all: true, limit: 1 }));
  const questions: [string, () => Promise<unknown>][] = [
    ['list_sessions', () => host.call('list_sessions', {})],
    ['list_sessions, 50 of all', () => host.call('list_sessions', { include_all: true })],
    ['get_usage_summary', () => host.call('get_usage_summary', {})],
    ['poll_worker', () => host.call('poll_worker', { session_id: sessions[0].id })],
  ];
  const floor: number[] = [];
  const times = questions.map((): number[] => []);
  for (let round = 0; round < rounds; round++) {
    floor.push(await timedAsync(host.ping));
    for (const [index, [, ask]] of questions.entries()) times[index]?.push(await timedAsync(ask));
  }
  return questions.flatMap(([name], index) => {
    // The first call of each loads its modules.
    const of = (share: number, all: readonly number[]) => percentile(all.slice(1), share);
    const figure = (share: number) => ({
      value: of(share, times[index] ?? []),
      unit: 'ms' as const,
      floor: { value: of(share, floor), unit: 'ms' as const, what: 'ping' },
    });
    return [
      { what: `mcp: ${name}, p50`, ...figure(0.5) },
      { what: '  p99', ...figure(0.99), budget: { atMost: 10 } },
    ];
  });
}

async function timedAsync(ask: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await ask();
  return performance.now() - start;
}

/** The server's memory after so many calls in total. */
async function memory(host: McpHost, marks: readonly number[]): Promise<Figure[]> {
  const { sessions } = JSON.parse(await host.call('list_sessions', { include_all: true, limit: 20 }));
  const memoryAt: number[] = [];
  let called = 0;
  for (const mark of marks) {
    for (; called < mark; called++) {
      const { id } = sessions[called % sessions.length];
      if (called % 10 === 0) await host.call('get_usage_summary', {});
      else if (called % 2 === 0) await host.call('list_sessions', {});
      else await host.call('poll_worker', { session_id: id });
    }
    memoryAt.push(mebibytes(host.pid));
  }
  const [first = Number.NaN] = memoryAt;
  return memoryAt.map((value, index) => ({
    what: `mcp: memory after ${marks[index]} calls`,
    value,
    unit: 'MiB',
    ...(index === 0
      ? {}
      : {
          floor: { value: first, unit: 'MiB', what: `after ${marks[0]}` },
          budget: { atMost: first * 1.25 },
        }),
  }));
}

const mebibytes = (pid: number): number =>
  Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' })) / 1024;
