const STRING = String.raw`"(?:[^"\\]|\\.)*"`;
const COMMENT = new RegExp(String.raw`(${STRING})|//[^\n]*|/\*[\s\S]*?\*/`, 'g');
const TRAILING_COMMA = new RegExp(String.raw`(${STRING})|,(?=\s*[}\]])`, 'g');

/** JSON as editors take it, with comments and trailing commas. Throws a SyntaxError. */
export function parseJsonc(text: string): unknown {
  const kept = (_: string, string: string | undefined) => string ?? '';
  return JSON.parse(
    text
      .replace(/^\uFEFF/, '')
      .replace(COMMENT, kept)
      .replace(TRAILING_COMMA, kept),
  );
}
