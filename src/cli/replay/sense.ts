/** The options of `agentpool replay` that exclude or need each other. */
export interface ReplayOptions {
  session: string | undefined;
  at: string | undefined;
  step: boolean;
  verify: boolean;
  chain: boolean;
  all: boolean;
  file: string | undefined;
  html: string | undefined;
  since: string | undefined;
  cast: string | undefined;
  watch: boolean;
  speed: number | undefined;
  force: boolean;
  json: boolean;
}

/** What is wrong with a command line of `replay`; null if it makes sense. `isInteractive`: both ends are a terminal. */
export function nonsense(asked: ReplayOptions, isInteractive: boolean): string | null {
  const { session, at, step, verify, chain, all, file, html, since, cast, watch, speed, force, json } = asked;
  const ways = [
    at !== undefined && '--at',
    step && '--step',
    verify && '--verify',
    html !== undefined && '--html',
    cast !== undefined && '--cast',
    watch && '--watch',
  ].filter((way) => way !== false);
  if (ways.length > 1) return `${ways.join(' and ')} do not go together.`;
  if (html === '' || cast === '') return `${ways[0]} needs the name of a file; - is stdout.`;
  if (since !== undefined && html === undefined) return '--since goes with --html.';
  if (since !== undefined && (session !== undefined || chain || all || file !== undefined))
    return '--since chooses the workers: leave out SESSION, --chain, --all and --file.';
  if (speed !== undefined && !watch) return '--speed goes with --watch.';
  if (force && html === undefined && cast === undefined) return '--force goes with --html or --cast.';
  if ((cast !== undefined || watch) && (chain || all || file !== undefined))
    return `${ways[0]} goes with one session of the ledger.`;
  if (chain && html === undefined && (ways.length > 0 || all || json || file !== undefined))
    return '--chain goes with a session of the ledger, alone or with --html.';
  if (chain && (all || file !== undefined)) return '--chain goes with a session of the ledger.';
  if (all && (!verify || session !== undefined)) return '--all goes with --verify, and without a session.';
  if (!all && session === undefined && file === undefined && since === undefined)
    return 'Which session? An id, its beginning, or @last.';
  if (step && !isInteractive) return '--step needs a terminal: it waits for Enter after every event.';
  if (watch && !isInteractive) return '--watch needs a terminal. In a pipe, use --cast - instead.';
  if ((step || watch) && json) return `${ways[0]} and --json do not go together.`;
  if (html === '-' && json) return '--html - prints the page: leave out --json, or name a file.';
  if (cast === '-' && json) return '--cast - prints the asciicast: leave out --json, or name a file.';
  return null;
}
