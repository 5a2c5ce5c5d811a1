import Type, { type Static } from 'typebox';
import type { ProviderDescriptor } from '../agents/contract/descriptor.ts';
import { flag, noted, nullable, oneOf, text } from '../lib/shapes.ts';
import { shell } from '../lib/text/shell.ts';
import { programPath } from '../workers/core/setup/programs.ts';
import type { Inventory } from '../workers/queries/inventory.ts';
import type { Host, HostPlace } from './host.ts';
import type { McpConfig } from './mcp-config.ts';
import type { Registration } from './registration.ts';

export type ProviderFacts = Inventory['providers'][number];

/** One look at a target. */
export const SetupCheck = Type.Object(
  {
    name: oneOf(['installed', 'sign_in', 'account', 'models', 'usage', 'mcp']),
    ok: noted(nullable(flag), 'Null where it is unknown, and where it is optional.'),
    message: text,
    action: noted(nullable(text), 'What to type, or to do, next; null where there is nothing.'),
    status: text,
    version: Type.Optional(nullable(text)),
    confidence: Type.Optional(text),
    backend: Type.Optional(text),
  },
  { title: 'SetupCheck' },
);
export type SetupCheck = Static<typeof SetupCheck>;

/** Whether an agent is ready to work for us. `usage` is skipped on request. */
export function providerChecks(
  facts: ProviderFacts,
  descriptor: ProviderDescriptor,
  { backend, skipUsage }: { backend: string; skipUsage: boolean },
): SetupCheck[] {
  return [
    installed(facts, descriptor),
    signedIn(facts, descriptor),
    ...facts.accounts.map(account),
    models(facts),
    usage(facts, backend, skipUsage),
  ];
}

function installed(
  { installed, version, binary_path, warnings, display_name }: ProviderFacts,
  descriptor: ProviderDescriptor,
): SetupCheck {
  const common = { name: 'installed', version } as const;
  if (!installed) {
    const message = warnings[0] ?? `${display_name} is not installed`;
    return { ...common, ok: false, status: 'missing', message, action: descriptor.install };
  }
  const message = [version, `at ${binary_path}`].filter(Boolean).join(', ');
  return { ...common, ok: true, status: 'installed', message, action: null };
}

function signedIn({ auth, installed }: ProviderFacts, descriptor: ProviderDescriptor): SetupCheck {
  const { status, confidence, reason } = auth;
  const common = { name: 'sign_in', status, confidence } as const;
  const how = installed ? descriptor.sign_in : null;
  if (status === 'authenticated') return { ...common, ok: true, message: reason, action: null };
  if (status === 'unauthenticated') return { ...common, ok: false, message: reason, action: how };
  // Unknown: a user who is signed in already is not sent there again.
  return { ...common, ok: null, message: how ? `${reason}; to sign in: ${how}` : reason, action: null };
}

/** A further login that is signed out is no fault of the agent. */
function account({
  key,
  auth: { status, confidence, reason },
}: ProviderFacts['accounts'][number]): SetupCheck {
  const isIn = status === 'authenticated';
  return {
    name: 'account',
    ok: isIn ? true : null,
    status,
    confidence,
    message: `${key}: ${reason}`,
    action: isIn ? null : shell`agentpool accounts login ${key}`,
  };
}

function models({ models, metadata, id }: ProviderFacts): SetupCheck {
  const count = `${models.length} known`;
  const message = metadata.default_model ? `${count}, ${metadata.default_model} by default` : count;
  const action = shell`agentpool models --provider ${id}`;
  return { name: 'models', ok: models.length > 0, status: 'listed', message, action };
}

function usage({ usage, installed, id }: ProviderFacts, backend: string, skip: boolean): SetupCheck {
  const common = { name: 'usage', backend } as const;
  const action = installed ? shell`agentpool usage --provider ${id}` : null;
  if (skip) return { ...common, ok: null, status: 'skipped', message: 'not looked at', action };
  const status = usage?.status ?? 'unknown';
  const left = (usage?.windows ?? []).flatMap(({ name, remaining_percent }) =>
    remaining_percent === null ? [] : [`${name} ${Math.round(remaining_percent)} % left`],
  );
  const known = status === 'available' || status === 'near_limit';
  const message = left.length > 0 ? left.join(', ') : (usage?.warnings[0] ?? 'nothing is known yet');
  return { ...common, ok: known ? true : null, status, message, action: known ? null : action };
}

/** A program of windows may be there without a command line. */
export function editorCheck({ program, display_name }: Host, { env }: HostPlace): SetupCheck {
  const path = program === null ? null : programPath(program, env);
  return path === null
    ? {
        name: 'installed',
        ok: null,
        status: 'unknown',
        version: null,
        message: `no ${program} on PATH; ${display_name} may be installed all the same`,
        action: null,
      }
    : {
        name: 'installed',
        ok: true,
        status: 'installed',
        version: null,
        message: `at ${path}`,
        action: null,
      };
}

/** Whether the host has our server is its user's choice: a no is no fault. */
export function registrationCheck(
  { status, message }: Registration,
  { install }: McpConfig,
  installed: boolean,
): SetupCheck {
  const registered = status === 'registered';
  const action = install.commands[0] ?? install.deeplink ?? install.instructions[0] ?? null;
  return {
    name: 'mcp',
    ok: registered ? true : null,
    status,
    message,
    action: registered || !installed ? null : action,
  };
}
