import { redact } from './redaction.ts';

/**
 * The same for bytes: a patch holds text in any encoding. Lines that are UTF-8 are read as such; the bytes of the others
 * are kept one by one.
 */
export function redactBytes(content: Buffer): Buffer {
  const text = content.toString('utf8');
  if (Buffer.from(text).equals(content)) return Buffer.from(redact(text));
  const encodings: BufferEncoding[] = [];
  const lines: string[] = [];
  for (let start = 0; start <= content.length; ) {
    const newline = content.indexOf(0x0a, start);
    const end = newline < 0 ? content.length : newline;
    const line = content.subarray(start, end);
    const isText = Buffer.from(line.toString('utf8')).equals(line);
    encodings.push(isText ? 'utf8' : 'latin1');
    lines.push(line.toString(isText ? 'utf8' : 'latin1'));
    start = end + 1;
  }
  const redacted = redact(lines.join('\n')).split('\n');
  return Buffer.concat(
    redacted.flatMap((line, index) => [
      Buffer.from(index === 0 ? '' : '\n'),
      Buffer.from(line, encodings[index] ?? 'utf8'),
    ]),
  );
}
