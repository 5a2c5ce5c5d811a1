import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Question } from './answer.ts';
import { objectOf, type Schema, toolCall } from './tools.ts';

const TEXT: Schema = { type: 'string' };
const tool = (name: string, properties: Record<string, Schema>, required = Object.keys(properties)) => ({
  name,
  takes: { type: 'object', properties, required },
});
const ORDER: Question = {
  id: 'order',
  header: 'Order',
  question: 'Which one?',
  options: ['one', 'two'],
  multiple: false,
};

describe('a tool call', () => {
  it("has the names that the agent's own schema gives its arguments", () => {
    const write = { kind: 'write', file: 'a.txt', content: 'words' } as const;
    const inputOf = (...of: Parameters<typeof tool>) => toolCall(write, [tool(...of)])?.input;
    assert.deepEqual(inputOf('write', { filePath: TEXT, content: TEXT }), {
      filePath: 'a.txt',
      content: 'words',
    });
    assert.deepEqual(inputOf('write_to_file', { path: TEXT, contents: TEXT }), {
      path: 'a.txt',
      contents: 'words',
    });
  });

  it('fills what the agent requires besides', () => {
    const run = tool('execute_command', { command: TEXT, background: { type: 'boolean' }, why: TEXT });
    assert.deepEqual(toolCall({ kind: 'run', command: 'ls' }, [run])?.input, {
      command: 'ls',
      background: false,
      why: 'As it was asked',
    });
  });

  it('asks with options as plain words, or with descriptions', () => {
    const ask = { kind: 'ask', questions: [ORDER] } as const;
    const plain = tool('ask_question', { question: TEXT, options: { type: 'array', items: TEXT } });
    assert.deepEqual(toolCall(ask, [plain])?.input, { question: 'Which one?', options: ['one', 'two'] });
    const option = { type: 'object', properties: { label: TEXT, description: TEXT } };
    const item = {
      type: 'object',
      properties: { question: TEXT, options: { type: 'array', items: option } },
    };
    const forms = tool('ask_user', { questions: { type: 'array', items: item } });
    assert.deepEqual(toolCall(ask, [forms])?.input, {
      questions: [
        {
          question: 'Which one?',
          options: [
            { label: 'one', description: 'Begin with one' },
            { label: 'two', description: 'Begin with two' },
          ],
        },
      ],
    });
  });

  it('is none where no tool of its kind is offered', () =>
    assert.equal(toolCall({ kind: 'run', command: 'ls' }, [tool('read', { path: TEXT })]), null));
});

describe('an object of a schema', () => {
  it('has all that is required, whatever it is', () =>
    fc.assert(
      fc.property(
        fc.dictionary(fc.string(), fc.constantFrom('string', 'boolean', 'ARRAY', 'object')),
        (of) => {
          const properties = Object.fromEntries(Object.entries(of).map(([name, type]) => [name, { type }]));
          const made = objectOf({ properties, required: Object.keys(of) }, {});
          assert.deepEqual(Object.keys(made).sort(), Object.keys(of).sort());
        },
      ),
    ));
});
