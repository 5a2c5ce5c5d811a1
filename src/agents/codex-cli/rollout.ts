/** Whether a file below `sessions` is the log of one session. */
export const isRollout = (name: string): boolean => name.startsWith('rollout-') && name.endsWith('.jsonl');

/** Whether it is the log of a session that Codex has compressed. */
export const isCompressedRollout = (path: string): boolean =>
  /(?:^|[\\/])rollout-[^\\/]*\.jsonl\.zst$/.test(path);
