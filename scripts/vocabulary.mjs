// Keeps words that readers stumble over out of help, errors, docs and comments. vocabulary.json has each word, what to
// write instead, and why. Code spans, quoted screen text, names of stored events and JSON keys are not prose. A code line
// with the comment `vocabulary: quoted` quotes another program and is skipped.
//   npm run vocabulary [FILE...]
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import jsTokens from 'js-tokens';

const words = JSON.parse(readFileSync(new URL('vocabulary.json', import.meta.url), 'utf8'));
const patterns = words.map((entry) => ({ ...entry, pattern: new RegExp(`\\b(?:${entry.word})\\b`, 'gi') }));

const named = process.argv.slice(2);
const files =
  named.length > 0
    ? named
    : ['.', '.github', 'docs', 'skills', 'src', 'bench', 'scripts', 'fixtures'].flatMap(listed);
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
    .filter((entry) => entry.isFile() && /\.(ts|mjs|cjs|md|sh|ya?ml)$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => !/(^|\/)(histories|mock-model|schemas|node_modules)\//.test(file));
}

/** Lines of prose with their numbers: text outside code in Markdown; comments, and strings with spaces, in code. */
function proseOf(file) {
  const text = readFileSync(file, 'utf8');
  if (file.endsWith('.md')) return markdownProse(text);
  if (/\.ya?ml$/.test(file))
    return lines(text, /(?:^|\s)#\s(.*)|\b(?:why|name|description|label|value): (.*)/);
  if (/\.sh$|\.ci\/run$/.test(file)) return lines(text, /(?:^|\s)#\s(.*)|(["'].* .*["'])/);
  if (/\.json$/.test(file)) return lines(text, /"description": "(.*)"/);
  return codeProse(text, /\.test\.ts$|\/testing\//.test(file));
}

function* markdownProse(text) {
  let fenced = false;
  for (const [index, line] of text.split('\n').entries()) {
    if (/^\s*```/.test(line)) fenced = !fenced;
    else if (!fenced) {
      const prose = withoutQuotes(line)
        .replace(/\]\([^)]*\)/g, ']')
        .replace(/https?:\S+/g, '');
      yield { line: index + 1, text: prose };
    }
  }
}

/** What the pattern's groups hold, line by line. */
function* lines(text, pattern) {
  for (const [index, each] of text.split('\n').entries()) {
    const found = pattern.exec(each)?.slice(1).join('');
    if (found) yield { line: index + 1, text: withoutQuotes(found) };
  }
}

function* codeProse(text, isTest) {
  const source = text.split('\n');
  let line = 1;
  for (const { type, value } of jsTokens(text)) {
    const isComment = type === 'SingleLineComment' || type === 'MultiLineComment';
    const isText =
      /^(StringLiteral|NoSubstitutionTemplate|Template\w+)$/.test(type) &&
      /[a-z] [a-z]/.test(value) &&
      !isTest;
    if (isComment || isText)
      for (const [index, each] of value.split('\n').entries()) {
        if (source[line + index - 1]?.includes('vocabulary: quoted')) continue;
        yield {
          line: line + index,
          text: isComment ? withoutQuotes(each) : each.replace(/`[^`]*`/g, '``'),
        };
      }
    line += value.split('\n').length - 1;
  }
}

/** Without code spans and without text that quotes a screen or a program. */
function withoutQuotes(text) {
  return text.replace(/`[^`]*`/g, '``').replace(/"[^"]*"/g, '""');
}
