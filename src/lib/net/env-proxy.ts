import { EnvHttpProxyAgent } from 'undici';

/** The proxies of an environment, as addresses with their scheme. */
export interface ProxySettings {
  http: string | null;
  https: string | null;
  /** NO_PROXY: the hosts that are asked without one. */
  except: string;
}

/** What takes the requests of `fetch` through the proxies. Throws on an address that is none. A bundle of its own. */
export const proxyDispatcher = ({ http, https, except }: ProxySettings): unknown =>
  new EnvHttpProxyAgent({ httpProxy: http ?? '', httpsProxy: https ?? '', noProxy: except });
