type Word = 'string' | 'boolean' | 'integer' | 'number' | 'object' | 'array';

/** What a tool answers: each key and the type of its value; a `?` at its end lets it be null as well. */
export type Shape = Record<string, Word | `${Word}?`>;

/** As JSON Schema. Only what is always there: an answer may hold more, and grow. */
export function outputSchema(shape: Shape) {
  return {
    type: 'object' as const,
    properties: Object.fromEntries(Object.entries(shape).map(([key, word]) => [key, { type: typeOf(word) }])),
    required: Object.keys(shape),
  };
}

const typeOf = (word: string): string | string[] => (word.endsWith('?') ? [word.slice(0, -1), 'null'] : word);
