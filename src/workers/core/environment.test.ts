import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { workerEnvironment } from './environment.ts';

describe('the environment of a worker', () => {
  it("is the caller's, without the variables of the caller's terminal, agent and session", () => {
    const inherited = {
      PATH: '/bin',
      HOME: '/home/me',
      HTTPS_PROXY: 'http://127.0.0.1:1',
      CURSOR_API_KEY: 'k',
      EMPTY: '',
    };
    const callersOwn = {
      CLAUDECODE: '1',
      CLAUDE_CODE_ENTRYPOINT: 'cli',
      AGENTPOOL_HOME: '/h',
      AGENTPOOL_SESSION_ID: 'ap_1',
      CODEX_SANDBOX: 'seatbelt',
      CURSOR_TRACE_ID: 't',
      TMUX: '/tmp/s,1,0',
      TMUX_PANE: '%1',
      TERM: 'xterm',
      TERM_PROGRAM: 'x',
      COLUMNS: '80',
      LINES: '24',
      PWD: '/x',
      SHLVL: '3',
      'BASH_FUNC_f%%': '() { :; }',
    };
    assert.deepEqual(workerEnvironment({ ...inherited, ...callersOwn, GONE: undefined }), inherited);
  });
});
