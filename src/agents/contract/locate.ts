import { stripVTControlCharacters } from 'node:util';
import { type Account, inAccount } from '../../config/accounts.ts';
import { isFake } from '../../config/provider-ids.ts';
import { type ChildSpec, type Finished, runToEnd } from '../../lib/process/child.ts';
import {
  type Auth,
  BILLED_BY_KEY,
  type LaunchCandidate,
  type ProviderDescriptor,
  type SubscriptionPlan,
} from './descriptor.ts';
import { find, type SearchPlace, searchPath, withProgramFolders } from './search-path.ts';

export interface DetectOptions extends SearchPlace {
  /** A folder that belongs to no project. */
  workdir: string;
  now(): Date;
  timeout_ms?: number;
  run?: (spec: ChildSpec, signal: AbortSignal) => Promise<Finished>;
  /** The user's words for a provider, before ours. */
  configured?: Readonly<
    Record<
      string,
      | {
          command: readonly string[] | null;
          binary_candidates: readonly string[];
          env?: Readonly<Record<string, string>>;
        }
      | undefined
    >
  >;
}

export interface Detected {
  id: string;
  installed: boolean;
  /** The words that start it, the first as a whole path; null when it is not installed. */
  command: readonly string[] | null;
  binary_path: string | null;
  version: string | null;
  auth: Auth & { checked_at: string };
  warnings: string[];
}

/** What a hung binary may cost. */
const TIMEOUT_MS = 1000;

/** An agent with one of its accounts, whose key is the id of what is detected. */
export interface DetectTarget {
  account: Account;
  descriptor: ProviderDescriptor;
}

/** Looks for every agent at once. Never rejects: what could not be learned is in the warnings. */
export async function detectAll(
  targets: readonly DetectTarget[],
  options: DetectOptions,
): Promise<Detected[]> {
  const folders = await searchPath(options);
  return Promise.all(
    targets.map(async ({ account, descriptor }) => ({
      ...(await detect(descriptor, inAccount(options, account), folders)),
      id: account.key,
    })),
  );
}

/**
 * The words that start an agent, the first as a whole path; null when it is not installed. Nothing is run but where the
 * name alone could be another program's. A plan has no words, and is there if its key is.
 */
export async function locate(
  descriptor: ProviderDescriptor,
  options: DetectOptions,
): Promise<readonly string[] | null> {
  if (descriptor.plan) return keyOf(descriptor.plan, options.env) === null ? null : [];
  const folders = await searchPath(options);
  for (const { words, version } of candidatesOf(descriptor, options)) {
    const [name = '', ...rest] = words;
    const path = await find(name, folders, options.home);
    if (path === null) continue;
    const command = [path, ...rest];
    if (!version) return command;
    const said = await runBriefly(command, descriptor.version_args, options);
    if (version.test(stripVTControlCharacters(said.stdout || said.stderr))) return command;
  }
  return null;
}

async function detect(
  descriptor: ProviderDescriptor,
  options: DetectOptions,
  folders: readonly string[],
): Promise<Detected> {
  const checked_at = options.now().toISOString();
  if (isFake(descriptor.id)) return detectedFake(descriptor, options.execPath, checked_at);
  if (descriptor.plan) return detectedPlan(descriptor.id, descriptor.plan, options.env, checked_at);
  for (const candidate of candidatesOf(descriptor, options)) {
    const [name = '', ...rest] = candidate.words;
    const path = await find(name, folders, options.home);
    if (path === null) continue;
    const found = await examine(descriptor, candidate, [path, ...rest], options);
    if (found) return { ...found, auth: { ...found.auth, checked_at } };
  }
  return notInstalled(descriptor, candidatesOf(descriptor, options), checked_at);
}

const detectedFake = ({ id }: ProviderDescriptor, execPath: string, checked_at: string): Detected => ({
  id,
  installed: true,
  command: [execPath],
  binary_path: execPath,
  version: null,
  auth: {
    status: 'authenticated',
    confidence: 'local_config',
    reason: 'a fake agent has no account',
    checked_at,
  },
  warnings: [],
});

/** The variable that holds the key of a plan; null where none is set. */
const keyOf = ({ keys }: SubscriptionPlan, env: DetectOptions['env']): string | null =>
  keys.find((name) => env[name]?.trim()) ?? null;

function detectedPlan(
  id: string,
  plan: SubscriptionPlan,
  env: DetectOptions['env'],
  checked_at: string,
): Detected {
  const key = keyOf(plan, env);
  const found = { id, binary_path: null, version: null };
  if (key === null) {
    const auth = { status: 'unavailable', confidence: 'local_config', reason: 'no key is set' } as const;
    const wanted = `no key: ${plan.keys.join(' or ')} is not set`;
    return { ...found, installed: false, command: null, auth: { ...auth, checked_at }, warnings: [wanted] };
  }
  const auth = { status: 'authenticated', confidence: 'local_config', reason: `${key} is set` } as const;
  const through = `a plan: used through ${plan.through.join(', ')}`;
  return { ...found, installed: true, command: [], auth: { ...auth, checked_at }, warnings: [through] };
}

function notInstalled(
  { id }: ProviderDescriptor,
  candidates: readonly LaunchCandidate[],
  checked_at: string,
): Detected {
  const names = candidates.map(({ words }) => words.slice(0, 2).join(' ').replace(/ --$/, ''));
  return {
    id,
    installed: false,
    command: null,
    binary_path: null,
    version: null,
    auth: { status: 'unavailable', confidence: 'local_cli', reason: 'not installed', checked_at },
    warnings: [`not installed: no ${[...new Set(names)].join(' or ')} on PATH or in the usual folders`],
  };
}

function candidatesOf(
  { id, commands }: ProviderDescriptor,
  { configured = {} }: DetectOptions,
): readonly LaunchCandidate[] {
  const given = configured[id];
  if (given?.command) return [{ words: given.command }];
  const named = (given?.binary_candidates ?? []).map(
    (name) => commands.find(({ words }) => words.length === 1 && words[0] === name) ?? { words: [name] },
  );
  return [...named, ...commands.filter((candidate) => !named.includes(candidate))];
}

/** Null when the program is another one of that name. */
async function examine(
  descriptor: ProviderDescriptor,
  candidate: LaunchCandidate,
  command: readonly string[],
  options: DetectOptions,
): Promise<(Omit<Detected, 'auth'> & { auth: Auth }) | null> {
  const run = (args: readonly string[]) => runBriefly(command, args, options);
  const [version, auth] = await Promise.all([
    run(descriptor.version_args),
    descriptor.auth
      ? run(descriptor.auth.args).then(descriptor.auth.parse)
      : noAuthCheck(descriptor.display_name),
  ]).then(([said, login]) => [said, withBilling(login, billedByKey(descriptor, options))] as const);
  const words = stripVTControlCharacters(version.stdout || version.stderr);
  if (candidate.version && !candidate.version.test(words)) return null;
  const warnings =
    version.error !== null
      ? [`${command[0]} could not be started: ${version.error}`]
      : version.timed_out
        ? [`${command[0]} did not print its version within ${options.timeout_ms ?? TIMEOUT_MS} ms`]
        : [];
  return {
    id: descriptor.id,
    installed: true,
    command,
    binary_path: command[0] ?? null,
    version: version.code === 0 ? versionIn(words) : null,
    auth,
    warnings,
  };
}

/** What the agent is billed by in this environment, with what config.yaml adds to it; null if by a subscription. */
export function billedByKey(
  { id, billed_by_key }: ProviderDescriptor,
  { env, home, configured = {} }: Pick<DetectOptions, 'env' | 'home' | 'configured'>,
): string | null {
  return billed_by_key?.({ env: { ...env, ...configured[id]?.env }, home }) ?? null;
}

/** A login that says that it is one of a key, in the words of the agents. */
const BY_KEY = /\b(?:api_key|third_party|oauth_token|an API key)\b/;

/** An agent that knows no login works all the same where a key is set up. A login with a subscription stays one. */
function withBilling(auth: Auth, billing: string | null): Auth {
  const isSignedIn = auth.status === 'authenticated';
  if (billing === null || (isSignedIn && !BY_KEY.test(auth.reason))) return auth;
  const confidence = isSignedIn ? auth.confidence : 'local_config';
  return { status: 'authenticated', confidence, reason: `${BILLED_BY_KEY}: ${billing}` };
}

const noAuthCheck = (name: string): Auth => ({
  status: 'unknown',
  confidence: 'unknown',
  reason: `${name} has no command that reports it without a login or a network`,
});

function runBriefly(
  [program = '', ...first]: readonly string[],
  args: readonly string[],
  options: DetectOptions,
): Promise<Finished> {
  const spec = {
    command: program,
    args: [...first, ...args],
    cwd: options.workdir,
    env: briefEnv(withProgramFolders(options.env, program)),
  };
  return (options.run ?? runToEnd)(spec, AbortSignal.timeout(options.timeout_ms ?? TIMEOUT_MS));
}

/** A version check must not start an update. */
const briefEnv = (env: DetectOptions['env']): DetectOptions['env'] => ({
  ...env,
  DISABLE_AUTOUPDATER: '1',
  NO_COLOR: '1',
});

/** `0.169.0` of `codex-cli 0.169.0`; the first line where it has no number. */
function versionIn(words: string): string | null {
  const number = /\b\d+\.\d+(?:\.\d+)*(?:[-+][\w.]+)?/.exec(words)?.[0];
  return number ?? (words.trim().split('\n')[0]?.slice(0, 80) || null);
}
