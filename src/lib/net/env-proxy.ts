import { EnvHttpProxyAgent } from 'undici';
import type { ProxySettings } from './proxy.ts';

/** What takes the requests of `fetch` through the proxies. Throws on an address that is none. A bundle of its own. */
export const proxyDispatcher = ({ http, https, except }: ProxySettings): unknown =>
  new EnvHttpProxyAgent({ httpProxy: http ?? '', httpsProxy: https ?? '', noProxy: except });
