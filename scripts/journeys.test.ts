import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { lexer } from 'marked';
import { Terminal } from '../src/cli/testing/terminal.ts';
import { Home } from '../src/workers/testing/home.ts';
import { makeRepository } from '../src/workers/testing/repository.ts';

const root = join(import.meta.dirname, '..');

/** The terminal of the reader: as wide as the documents show it. */
const COLUMNS = 80;

/** Documents whose commands a reader types from top to bottom, in a folder ~/shop. */
const documents = ['README.md', 'docs/quickstart.md', 'docs/examples.md', 'docs/stats.md'];

/** Commands that need more than a home without real agents: an agent, a host, the package itself. */
const needsMore =
  /^(npm|npx) |--provider (codex-cli|claude-code)|--client |^agentpool setup |--refresh|--share/;

interface Command {
  line: string;
  /** The output that the document shows below it; null when it shows only the command. */
  prints: string | null;
}

/** The commands of a document's shell blocks: with their output in a `console`, alone in a `bash`. */
function commandsIn(document: string): Command[] {
  return lexer(readFileSync(join(root, document), 'utf8')).flatMap((token) => {
    if (token.type !== 'code') return [];
    if (token.lang === 'bash') return token.text.split('\n').map((line: string) => ({ line, prints: null }));
    if (token.lang !== 'console') return [];
    return `\n${token.text}`
      .split('\n$ ')
      .slice(1)
      .map((part) => {
        const [line = '', ...rest] = part.split('\n');
        return { line, prints: rest.join('\n').trimEnd() };
      });
  });
}

/**
 * Replaces what differs between runs: ids (keeping their order), processes, ages, sizes, counts, the fence's number.
 */
function normalised(text: string, ids: string[], user = '~'): string {
  const known = text.replaceAll(user, '~').replace(/\bap_([a-z0-9]{10})\b/g, (_, id) => {
    if (!ids.includes(id)) ids.push(id);
    return `ap_ID${ids.indexOf(id)}`;
  });
  return ids
    .reduce((output, id, index) => output.replaceAll(id, `ID${index}`), known)
    .replace(/\b[0-9a-f]{18}\b/g, 'FENCE')
    .replace(/^ +SIG.*\n?/gm, '')
    .replace(/just now|\d+ (s|min) ago/g, 'AGO')
    .replace(/[\d.]+ (?:[KMG]i)?B\b/g, 'SIZE')
    .replace(/\b\d+ (event|process)(e?s)?\b/g, 'N $1')
    .replace(/[ \t]+/g, ' ')
    .trimEnd();
}

// A reader of each document: they do not disturb each other.
describe('the documents', { concurrency: true }, () => {
  for (const document of documents) {
    describe(`${document}, typed from top to bottom`, { concurrency: 1 }, () => {
      const home = new Home({ folder: 'user/.agentpool' });
      const [user, bin] = [join(home.ground, 'user'), join(home.ground, 'bin')];
      const shop = join(user, 'shop');
      const ids = { inDocument: [] as string[], inOutput: [] as string[] };

      mkdirSync(bin);
      const main = join(root, 'dist', 'main.js');
      writeFileSync(join(bin, 'agentpool'), `#!/bin/sh\nexec '${process.execPath}' '${main}' "$@"\n`, {
        mode: 0o755,
      });
      makeRepository(shop, home.env);
      mkdirSync(join(shop, 'src'));
      writeFileSync(join(shop, 'src', 'total.ts'), 'export const total = 1;\n');

      const env = { ...home.env, PATH: `${bin}:${home.env.PATH}` };
      const terminal = new Terminal({ env, repo: shop }, { cols: COLUMNS, rows: 200 });

      async function shell(line: string): Promise<{ code: number; output: string }> {
        // A comment would take the rest of the typed line with it.
        terminal.typeLine(line.replace(/\s+# .*$/, ''));
        const code = await terminal.exits();
        return { code, output: terminal.screen({ joined: true }).replace(/^exit=\d+[\s\S]*$/m, '') };
      }

      for (const { line, prints } of commandsIn(document)) {
        if (needsMore.test(line)) continue;
        it(line, async () => {
          const now = ids.inDocument.reduce(
            (own, id, index) => own.replaceAll(id, ids.inOutput[index] ?? id),
            line,
          );
          const { code, output } = await shell(now);
          if (prints === null) assert.equal(code, 0, output);
          else assert.equal(normalised(output, ids.inOutput, user), normalised(prints, ids.inDocument));
        });
      }
    });
  }
});
