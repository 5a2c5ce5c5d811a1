/** 1 event, 2 events, 1 process, 2 processes. */
export const counted = (count: number, noun: string): string =>
  `${count} ${count === 1 ? noun : `${noun}${noun.endsWith('s') ? 'es' : 's'}`}`;

/** `a, b` or, above `max` names, `a, b and 3 more`. */
export const firstNames = (names: readonly string[], max: number): string =>
  names.length <= max ? names.join(', ') : `${names.slice(0, max).join(', ')} and ${names.length - max} more`;
