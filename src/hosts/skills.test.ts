import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { describe, it } from 'node:test';
import { namedCommand } from '../cli/commands/index.ts';
import { packageRoot, packageVersion } from '../lib/package-root.ts';
import { allTools } from '../mcp/toolsets/index.ts';
import { listSkills, readSkill, skillNamed, skillPoints } from './skills.ts';

const text = readSkill(skillNamed('agentpool'), { full: true }).text;

/** A parameter, an isolation, an event, a key of an answer: no tools. */
const OTHER_WORDS = ['repo_path', 'read_only', 'approval_prompt', 'next_tool', 'on_limit'];

describe('the skill', () => {
  it('is of the version of the package, and goes along with it', () => {
    for (const { name, version, path } of listSkills()) {
      assert.equal(version, packageVersion());
      assert.equal(basename(dirname(path)), name);
    }
    const { files } = JSON.parse(readFileSync(join(packageRoot(), 'package.json'), 'utf8'));
    assert.ok(files.includes('skills'));
  });

  it('is found by the name that the older AgentPool gave it', () =>
    assert.equal(skillNamed('core').name, 'agentpool'));

  it('names only tools, commands and files that there are', () => {
    const tools = Object.values(allTools).flatMap((set) => set.map(({ name }) => name));
    const asTools = [...text.matchAll(/`([a-z]+(?:_[a-z]+)+)`/g)].map(([, name = '']) => name);
    const unknown = asTools.filter((name) => !tools.includes(name) && !OTHER_WORDS.includes(name));
    assert.deepEqual(unknown, []);
    const commands = [...text.matchAll(/agentpool ([a-z-]+)(?: ([a-z]+))?/g)];
    for (const [line, ...words] of commands) {
      assert.ok(namedCommand(words.map((word) => word ?? '')), `no command: ${line}`);
    }
    for (const [, file = ''] of text.matchAll(/`(references\/[\w.-]+)`/g)) {
      assert.ok(existsSync(join(dirname(skillNamed('agentpool').path), file)), file);
    }
  });

  it('has rules, a line each', () => assert.ok(skillPoints('Rules').length >= 4));
});
