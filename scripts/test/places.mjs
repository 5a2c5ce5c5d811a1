// Names the files and lines of the sources for those of the bundles.
import { existsSync, readFileSync } from 'node:fs';
import { SourceMap } from 'node:module';
import { dirname, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The source of the file that an event of node:test names. */
export const fileOf = ({ file }) =>
  file
    ? relative(process.cwd(), file)
        .replace(/^dist-tests-\d+\/\d+\//, '')
        .replace(/\.js$/, '.ts')
    : '(no file)';

/** The line of a test in its source. */
export const lineIn = ({ file = '', line, column }) =>
  line === undefined ? '?' : (sourceOf(file, line, column)?.line ?? line);

/** A text with a stack, with the places of the sources. */
export const mapped = (text) =>
  text.replaceAll(/(file:\/\/\S+\/dist-tests-\d+\/\S+\.js):(\d+):(\d+)/g, (place, bundle, line, column) => {
    const source = sourceOf(fileURLToPath(bundle), Number(line), Number(column));
    return source ? `${source.file}:${source.line}:${source.column}` : place;
  });

/** Maps only what failed: the option of Node reads every map in every process, which takes longer than many tests. */
function sourceOf(bundle, line, column) {
  if (!existsSync(`${bundle}.map`)) return null;
  const map = new SourceMap(JSON.parse(readFileSync(`${bundle}.map`, 'utf8')));
  const { originalSource, originalLine, originalColumn } = map.findEntry(line - 1, column - 1);
  if (originalSource === undefined) return null;
  const file = relative(process.cwd(), resolve(dirname(bundle), originalSource));
  return { file, line: originalLine + 1, column: originalColumn + 1 };
}
