import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, it } from 'node:test';
import GithubSlugger from 'github-slugger';
import { lexer, type Token, walkTokens } from 'marked';
import { namedCommand } from '../src/cli/commands/index.ts';

const root = join(import.meta.dirname, '..');
const documents = [
  ...readdirSync(root).filter((name) => name.endsWith('.md')),
  ...readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => join('docs', name)),
];

const tokensOf = (file: string): Token[] => {
  const tokens: Token[] = [];
  walkTokens(lexer(readFileSync(file, 'utf8')), (token) => {
    tokens.push(token);
  });
  return tokens;
};

/** The anchors that a link into the document may have. */
function anchorsOf(file: string): string[] {
  const slugger = new GithubSlugger();
  return tokensOf(file).flatMap((token) =>
    token.type === 'heading' ? slugger.slug(token.text.replace(/`/g, '')) : [],
  );
}

/** The commands in a document's shell blocks, without prompts, comments and continuations. */
const commandsIn = (file: string): string[] =>
  tokensOf(file).flatMap((token) =>
    token.type === 'code' && /^(bash|sh|console)$/.test(token.lang ?? '')
      ? String(token.text)
          .replace(/\\\n\s*/g, '')
          .split('\n')
          .map((line) => line.replace(/^\$ /, ''))
          .filter((line) => line.startsWith('agentpool '))
      : [],
  );

for (const document of documents) {
  describe(document, () => {
    const file = join(root, document);

    it('links to existing targets', () => {
      const missing = tokensOf(file).flatMap((token) => {
        if (token.type !== 'link' && token.type !== 'image') return [];
        const href: string = token.href;
        if (/^[a-z]+:/.test(href)) return [];
        const [path = '', anchor] = href.split('#');
        const target = path === '' ? file : join(dirname(file), path);
        if (!existsSync(target)) return [href];
        return anchor === undefined || anchorsOf(target).includes(anchor) ? [] : [href];
      });
      assert.deepEqual(missing, []);
    });

    it('names existing commands', () => {
      const unknown = commandsIn(file).filter((line) => {
        const words = line.split(/\s+/).slice(1);
        return !words[0]?.startsWith('-') && namedCommand(words) === null;
      });
      assert.deepEqual(unknown, []);
    });
  });
}

describe('every page of docs/', () => {
  it('can be reached from the README by links', () => {
    const reached = new Set(['README.md']);
    for (const page of reached) {
      for (const token of tokensOf(join(root, page))) {
        if (token.type !== 'link' || /^[a-z]+:/.test(token.href)) continue;
        const target = relative(root, join(root, dirname(page), String(token.href).split('#')[0] ?? ''));
        if (target.endsWith('.md') && existsSync(join(root, target))) reached.add(target);
      }
    }
    assert.deepEqual(
      documents.filter((page) => page.startsWith('docs/') && !reached.has(page)),
      [],
    );
  });
});
