/** 1 event, 2 events, 1 process, 2 processes. */
export const counted = (count: number, noun: string): string =>
  `${count} ${count === 1 ? noun : `${noun}${noun.endsWith('s') ? 'es' : 's'}`}`;
