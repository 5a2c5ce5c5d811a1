import type { ErrorEntries } from './entry.ts';

/** Errors about hosts that speak MCP. */
export const hosts = {
  HOST_NOT_FOUND: {
    kind: 'usage',
    means: 'AgentPool knows no host of this name.',
    mend: 'The message lists those that it knows; `--client generic` fits any other.',
  },
  HOST_NOT_INSTALLED: {
    kind: 'rejected',
    means: "The host's own program was not found, so its command can not be run.",
    mend: 'Install it, or put the snippet of `agentpool mcp-config` into its file yourself.',
  },
  APPLY_NOT_OFFERED: {
    kind: 'rejected',
    means: 'This host has no command that would add a server.',
    mend: 'Without `--apply`, `agentpool mcp-config` prints what goes into its file.',
  },
  APPLY_FAILED: {
    kind: 'rejected',
    means: "The host's own command failed; the message has its words.",
    mend: 'Run the command that was shown yourself, and do what it asks for.',
  },
  TARGET_NOT_FOUND: {
    kind: 'usage',
    means: 'There is no agent or host of this name to look at.',
    mend: 'The message lists them; `agentpool setup all` looks at every one.',
  },
  SKILL_NOT_FOUND: {
    kind: 'usage',
    means: 'No skill of this name ships with this version.',
    mend: '`agentpool skills list` shows those that do.',
  },
  PORT_TAKEN: {
    kind: 'conflict',
    means: 'Another program listens on this port already.',
    mend: 'Name another port, or 0 for any that is free.',
  },
  INVALID_ARGUMENTS: {
    kind: 'usage',
    means: 'A tool was called with arguments that it does not take.',
    mend: "The message names them; the tool's schema says what it takes.",
  },
  UNKNOWN_TOOLSET: {
    kind: 'usage',
    means: 'There is no toolset of this name.',
    mend: 'docs/mcp.md lists them; `--toolsets all` has everything.',
  },
  UNKNOWN_TOOL: {
    kind: 'usage',
    means: 'There is no tool of this name.',
    mend: 'docs/mcp.md lists them.',
  },
  UNKNOWN_RESOURCE: {
    kind: 'usage',
    means: 'There is no resource at this address.',
    mend: 'Ask the server for its list of resources.',
  },
  UNKNOWN_PROMPT: {
    kind: 'usage',
    means: 'There is no prompt of this name.',
    mend: 'Ask the server for its list of prompts.',
  },
  UNSUPPORTED: {
    kind: 'rejected',
    means: 'The server does not do this, on purpose.',
    mend: 'The message says what to do instead.',
  },
  LOCKDOWN: {
    kind: 'rejected',
    means: 'The server runs with `--lockdown`: nothing that a worker wrote reaches the host.',
    mend: 'Read it yourself with the command line, or start the server without.',
  },
  INVALID_LOCKDOWN: {
    kind: 'usage',
    means: 'AGENTPOOL_MCP_LOCKDOWN holds no yes or no.',
    mend: 'Set it to 1 or 0.',
  },
  INVALID_PATH: {
    kind: 'usage',
    means: 'This can be no path of a file.',
    mend: 'The message says what is wrong with it.',
  },
  PATH_OUTSIDE_HOME: {
    kind: 'rejected',
    means: 'A host may only have files written below your home folder.',
    mend: 'Name a path there, or use the command line.',
  },
} as const satisfies ErrorEntries;
