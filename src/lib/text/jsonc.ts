import { type ParseError, parse, printParseErrorCode } from 'jsonc-parser';

/** Parses JSON as editors accept it, with comments, trailing commas and a byte order mark. Throws a SyntaxError. */
export function parseJsonc(text: string): unknown {
  const errors: ParseError[] = [];
  const value: unknown = parse(text.replace(/^\uFEFF/, ''), errors, { allowTrailingComma: true });
  const [first] = errors;
  if (first) throw new SyntaxError(`${printParseErrorCode(first.error)} at character ${first.offset}`);
  return value;
}
