/** Whether an agent ended its turn itself because its limit was near. */
export const isCutShort = (readiness: string | null | undefined): boolean => readiness === 'cut_short';

/** Whether a limit has stopped a worker at its prompt: it was refused, or it cut its turn short before that. */
export const isStoppedByLimit = (readiness: string | null | undefined): boolean =>
  readiness === 'limit_reached' || isCutShort(readiness);
