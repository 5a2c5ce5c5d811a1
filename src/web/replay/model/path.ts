import { stripControl } from '../../../lib/text/plain-text.ts';

/** The last part of a path of any system, safe to show. */
export const basename = (path: string): string =>
  stripControl(path.split(/[\\/]/).findLast((part) => part !== '') ?? '');
