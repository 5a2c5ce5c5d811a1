/** How much of a worker's own words is told. */
export const details = ['summary', 'excerpt', 'full'] as const;
export type Detail = (typeof details)[number];
