import { existsSync } from 'node:fs';
import type { Env } from '../../config/paths.ts';
import { proxyOf, shownAddress } from '../../lib/net/proxy.ts';
import { doubtful, type Finding, fine } from '../core/setup/finding.ts';

/** Which proxy and which certificates the questions for limits go through; no finding where none is set. */
export function checkNetwork(env: Env): Finding[] {
  return [...checkProxy(env), ...checkCertificates(env)];
}

function checkProxy(env: Env): Finding[] {
  const settings = proxyOf(env);
  if (settings === null) return [];
  const { http, https, except } = settings;
  const unread = [https, http].find((value) => value !== null && shownAddress(value) === null);
  if (unread !== undefined)
    return [
      doubtful('proxy', 'HTTPS_PROXY or HTTP_PROXY is no address: no provider can be asked through it'),
    ];
  // The addresses without the login that they may hold.
  const [secure, plain] = [shownAddress(https ?? ''), http === null ? null : shownAddress(http)];
  const other = plain === null || plain === secure ? '' : `, ${plain} for http`;
  const without = except === '' ? '' : `, except for ${except}`;
  return [fine('proxy', `limits are asked through ${secure}${other}${without}`)];
}

/** Node reads them once, at its start, and says nothing to anyone if the file is not there. */
function checkCertificates({ NODE_EXTRA_CA_CERTS: file }: Env): Finding[] {
  if (file === undefined || file === '') return [];
  return existsSync(file)
    ? [fine('certificates', `also those of ${file} are trusted`)]
    : [doubtful('certificates', `NODE_EXTRA_CA_CERTS names ${file}, which does not exist`)];
}
