/** What an agent is given whose turn was cut off, so that it goes on with it. */
export const CONTINUE = 'continue';
