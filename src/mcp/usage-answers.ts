import type { Config } from '../config/schema.ts';
import { BACKENDS } from '../usage/backends/index.ts';
import type { AppContext } from '../workers/core/context.ts';
import { type Arguments, choice, flag, maybeName, seconds } from './arguments/parameters.ts';
import { usageForHost } from './untrusted.ts';

/** Seconds. 0: what is known now. */
const TIMEOUT = { minimum: 0, maximum: 120 };
export const provider_id = maybeName('codex-cli', 'one provider; left out: all');
export const described = {
  provider_id,
  refresh: flag(false, 'ask the providers now; slower'),
  backend: choice(BACKENDS, 'combined'),
  timeout_seconds: seconds(25, TIMEOUT, 'after this, known data is returned'),
};
/** The same without descriptions: a model reads them once. */
export const undescribed = {
  provider_id: maybeName('codex-cli'),
  refresh: flag(false),
  backend: choice(BACKENDS, 'combined'),
  timeout_seconds: seconds(25, TIMEOUT),
};
export type UsageArguments = Arguments<typeof described>;

export const summaryShape = {
  checked_at: 'string',
  source: 'string',
  partial: 'boolean',
  providers: 'object',
  counts: 'object',
  next_available_provider: 'string?',
  next_available_at: 'string?',
} as const;
export const snapshotShape = {
  backend: 'string',
  source: 'string',
  partial: 'boolean',
  snapshots: 'array',
} as const;

export async function summary(app: AppContext, args: UsageArguments) {
  const { usageSummaryOf } = await import('../workers/queries/usage.ts');
  const providers = await providersOf(app.config, args.provider_id);
  const ask = (refresh: boolean) =>
    usageSummaryOf(app, {
      providers,
      backend: args.backend,
      // A host must not cause a terminal to open.
      interactive: false,
      refresh,
    });
  const asked = await withTimeout(args, ask(args.refresh));
  const answer = asked ?? { ...(await ask(false)), partial: true };
  const rows = Object.entries(answer.providers).map(([id, row]) => [id, usageForHost(row)]);
  return { ...answer, providers: Object.fromEntries(rows) };
}

export async function snapshots(
  app: AppContext,
  { provider_id, backend }: Pick<UsageArguments, 'provider_id' | 'backend'>,
  cached: boolean,
) {
  const { usageSnapshots } = await import('../usage/capacity/summary.ts');
  const request = {
    providers: await providersOf(app.config, provider_id),
    backend,
    interactive: false,
    cached,
  };
  const found = await usageSnapshots(app, request);
  return { ...found, snapshots: found.snapshots.map(usageForHost) };
}

/** Resolves to null when the answer takes too long. It is still recorded in the ledger when it arrives. */
export async function withTimeout<T>(
  { timeout_seconds }: UsageArguments,
  asked: Promise<T>,
): Promise<T | null> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<null>((done) => {
    timer = setTimeout(() => done(null), timeout_seconds * 1000);
  });
  try {
    return await Promise.race([asked, timeout]);
  } finally {
    clearTimeout(timer);
    asked.catch(() => {});
  }
}

export async function providersOf(config: Config, provider: string | null): Promise<string[] | null> {
  if (provider === null) return null;
  const { keysNamed } = await import('../config/accounts.ts');
  return keysNamed(config, provider);
}
