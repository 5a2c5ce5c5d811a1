type Word = 'string' | 'boolean' | 'integer' | 'number' | 'object' | 'array';

/** The keys of a tool's answer and the types of their values; a `?` at the end also allows null. */
export type Shape = Record<string, Word | `${Word}?`>;

/** The shape as JSON Schema. It covers only keys that are always there: an answer may have more. */
export function outputSchema(shape: Shape) {
  return {
    type: 'object' as const,
    properties: Object.fromEntries(Object.entries(shape).map(([key, word]) => [key, { type: typeOf(word) }])),
    required: Object.keys(shape),
  };
}

const typeOf = (word: string): string | string[] => (word.endsWith('?') ? [word.slice(0, -1), 'null'] : word);
