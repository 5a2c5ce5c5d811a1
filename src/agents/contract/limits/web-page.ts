import { label } from './scrub.ts';

/** Whether a text is a web page, or quotes one: a filter, a proxy or the login page of a network has answered. */
export const isWebPage = (text: string): boolean =>
  /^\uFEFF?\s*(?:<\?xml[^>]*>\s*)?<(?:!--|(?:!doctype\s+html|html|head|body|title|meta|script|center|h1|div)\b)/i.test(
    text,
  ) || /content-type[=: ]+text\/html|<!doctype\s+html|<html\b/i.test(text.slice(0, QUOTED));

/** A program quotes the body of its failed request somewhere in its error. */
const QUOTED = 4000;

/** `a web page answered instead of api.factory.ai (403): "Attention Required!"`. */
export function webPageReason(page: string, whom: string, status: number | string | null): string {
  const title = label(/<title[^>]{0,80}>([^<]{1,200})/i.exec(page.slice(0, 20_000))?.[1] ?? null);
  const answered = `a web page answered instead of ${whom}${status === null ? '' : ` (${status})`}`;
  const who = 'a filter, a proxy or the login page of this network';
  return title === null ? `${answered}: ${who}` : `${answered}: "${title}", from ${who}`;
}
