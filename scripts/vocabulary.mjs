// Keeps words that a native reader stumbles over out of help, errors, docs and comments: vocabulary.json has each word,
// what to write in its place, and why. Names of stored events, JSON keys and code spans are not prose.
//   npm run vocabulary [FILE...]
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import jsTokens from 'js-tokens';

const words = JSON.parse(readFileSync(new URL('vocabulary.json', import.meta.url), 'utf8'));
const patterns = words.map((entry) => ({ ...entry, pattern: new RegExp(`\\b(?:${entry.word})\\b`, 'gi') }));

const named = process.argv.slice(2);
const files =
  named.length > 0 ? named : ['.', 'docs', 'skills', 'src', 'bench', 'scripts', 'fixtures'].flatMap(listed);
let count = 0;
for (const file of files) {
  for (const { line, text } of proseOf(file)) {
    for (const { pattern, use } of patterns) {
      for (const [found] of text.matchAll(pattern)) {
        count += 1;
        console.log(`${file}:${line}: '${found}' (${use}): ${text.trim().slice(0, 100)}`);
      }
    }
  }
}
console.log(
  count === 0 ? 'vocabulary: clean' : `vocabulary: ${count} words to replace; see scripts/vocabulary.json`,
);
process.exit(count === 0 ? 0 : 1);

function listed(root) {
  return readdirSync(root, { recursive: root !== '.', withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(ts|mjs|md|sh)$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => !/(^|\/)(histories|mock-model|schemas|node_modules)\//.test(file));
}

/** Lines of prose with their numbers: text outside code in Markdown; comments and strings with spaces in code. */
function* proseOf(file) {
  const text = readFileSync(file, 'utf8');
  if (file.endsWith('.md')) yield* markdownProse(text);
  else if (!file.endsWith('.sh')) yield* codeProse(text, /\.test\.ts$|\/testing\//.test(file));
}

function* markdownProse(text) {
  let fenced = false;
  for (const [index, line] of text.split('\n').entries()) {
    if (/^\s*```/.test(line)) fenced = !fenced;
    else if (!fenced)
      yield { line: index + 1, text: line.replace(/`[^`]*`/g, '``').replace(/\]\([^)]*\)/g, ']') };
  }
}

function* codeProse(text, isTest) {
  let line = 1;
  for (const { type, value } of jsTokens(text)) {
    const isComment = type === 'SingleLineComment' || type === 'MultiLineComment';
    const isText =
      /^(StringLiteral|NoSubstitutionTemplate|Template\w+)$/.test(type) &&
      /[a-z] [a-z]/.test(value) &&
      !isTest;
    if (isComment || isText)
      for (const [index, each] of value.split('\n').entries())
        yield { line: line + index, text: each.replace(/`[^`]*`/g, '``') };
    line += value.split('\n').length - 1;
  }
}
