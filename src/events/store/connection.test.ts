import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { openSqlite } from './connection.ts';

describe('a connection', () => {
  it('prepares a statement once', () => {
    const connection = openSqlite(':memory:');
    assert.equal(connection.prepare('SELECT 1'), connection.prepare('SELECT 1'));
    assert.notEqual(connection.prepare('SELECT 1'), openSqlite(':memory:').prepare('SELECT 1'));
    connection.close();
  });

  it('returns the rows of a pragma, its value, or nothing', () => {
    const connection = openSqlite(':memory:');
    connection.pragma('user_version = 7');
    assert.deepEqual(connection.pragma('user_version'), [{ user_version: 7 }]);
    assert.equal(connection.pragma('user_version', { simple: true }), 7);
    assert.deepEqual(connection.pragma('synchronous = OFF'), []);
    connection.close();
  });
});
