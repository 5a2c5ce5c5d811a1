import { errorMessage } from '../errors.ts';
import type { ProxySettings } from './env-proxy.ts';

type Env = Readonly<Record<string, string | undefined>>;

/** The lower-case name wins, as it does for curl; an empty value means none. */
const named = (env: Env, name: string): string | null => {
  const value = (env[name.toLowerCase()] ?? env[name] ?? '').trim();
  return value === '' ? null : value;
};

const address = (value: string | null): string | null =>
  value === null || value.includes('://') ? value : `http://${value}`;

/** A `*` among other hosts means all of them too. */
const exceptions = (hosts: string): string => (hosts.split(/[\s,]+/).includes('*') ? '*' : hosts);

/** HTTPS_PROXY, HTTP_PROXY and NO_PROXY; null where no proxy is named. */
export function proxyOf(env: Env): ProxySettings | null {
  const http = address(named(env, 'HTTP_PROXY'));
  const https = address(named(env, 'HTTPS_PROXY')) ?? http;
  return https === null ? null : { http, https, except: exceptions(named(env, 'NO_PROXY') ?? '') };
}

/** An address without the user and the password that it may hold; null for one that is none. */
export function shownAddress(value: string): string | null {
  if (!URL.canParse(value)) return null;
  const { protocol, host } = new URL(value);
  return host === '' ? null : `${protocol}//${host}`;
}

/**
 * `fetch` through the proxies of an environment. Node's own one ignores them; it does read NODE_EXTRA_CA_CERTS. Without
 * a proxy nothing is loaded.
 */
export function fetchThrough(env: Env, plain: typeof fetch): typeof fetch {
  const settings = proxyOf(env);
  if (settings === null) return plain;
  let dispatcher: Promise<unknown> | undefined;
  return async (resource, init) => {
    dispatcher ??= import('./env-proxy.ts').then(({ proxyDispatcher }) => proxyDispatcher(settings));
    const through = await dispatcher.catch((error: unknown) => {
      throw new Error('proxy', { cause: new UnusableProxy(errorMessage(error)) });
    });
    return plain(resource, { ...init, dispatcher: through } as RequestInit);
  };
}

/** The address of the proxy cannot be used. */
export class UnusableProxy extends Error {}
