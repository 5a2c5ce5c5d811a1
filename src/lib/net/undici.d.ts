/** A part of undici that loads without the rest of it, which has a fetch of its own. */
declare module 'undici/lib/dispatcher/env-http-proxy-agent.js' {
  export { EnvHttpProxyAgent as default } from 'undici';
}
