export const BACKENDS = ['native', 'codexbar', 'ccusage', 'combined'] as const;
export type Backend = (typeof BACKENDS)[number];
