import type { ReadStream, WriteStream } from 'node:tty';
import type { Env } from '../../config/paths.ts';
import { Dashboard } from './dashboard.ts';
import type { Background, Depth } from './text/palette.ts';

export interface TopOptions {
  env: Env;
  stdin: ReadStream;
  stdout: WriteStream;
  /** The background that the person named; null to ask the terminal. */
  background: Background | null;
  screenReader: boolean;
}

/** Runs the dashboard on a terminal until it is quit. Resolves to the exit code. @throws what opening the ledger throws */
export async function top({ env, stdin, stdout, background, screenReader }: TopOptions): Promise<number> {
  const palette = { background: background ?? backgroundIn(env), depth: depthOf(env, stdout) };
  const dashboard = new Dashboard({
    env,
    stdin,
    stdout,
    palette,
    asksBackground: background === null && !screenReader,
    isLinear: screenReader,
  });
  const onFault = (error: unknown) => {
    // The terminal first: the shell needs its screen back, and the report would be lost with this one.
    dashboard.close();
    process.stderr.write(
      `agentpool: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
    );
    process.exit(1);
  };
  process.on('uncaughtException', onFault);
  process.on('unhandledRejection', onFault);
  try {
    return await dashboard.run();
  } finally {
    process.off('uncaughtException', onFault);
    process.off('unhandledRejection', onFault);
  }
}

/** What some terminals say of their background before they are asked: `15;0`, the last is its index. */
export function backgroundIn({ COLORFGBG }: Env): Background {
  const index = Number(COLORFGBG?.split(';').at(-1) ?? '');
  return COLORFGBG && (index === 7 || index === 15) ? 'light' : 'dark';
}

function depthOf({ NO_COLOR }: Env, stdout: WriteStream): Depth {
  if (NO_COLOR !== undefined && NO_COLOR !== '') return 'none';
  const bits = stdout.getColorDepth();
  return bits >= 24 ? 'true' : bits >= 8 ? 'indexed' : bits >= 4 ? 'basic' : 'none';
}
