import type { Stats } from '../../workers/queries/stats/report.ts';

/** Draws a card for whoever has no drawing of its own, with what that takes loaded then. */
export async function drawCard(stats: Stats, path: string): Promise<object> {
  const { share } = await import('./share.ts');
  return share(stats, path);
}
