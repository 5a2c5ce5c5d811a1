import type { ErrorEntries } from './entry.ts';

/** Errors about MCP hosts. */
export const hosts = {
  HOST_NOT_FOUND: {
    kind: 'usage',
    means: 'AgentPool does not know a host of this name.',
    fix: 'The message lists the known hosts. `--client generic` works for any other.',
  },
  HOST_NOT_INSTALLED: {
    kind: 'rejected',
    means: "The host's program was not found, so its command cannot be run.",
    fix: "Install the host, or add the snippet that `agentpool mcp-config` prints to the host's configuration file.",
  },
  APPLY_NOT_OFFERED: {
    kind: 'rejected',
    means: 'This host has no command that adds an MCP server.',
    fix: 'Run `agentpool mcp-config` without `--apply`: it prints the snippet for the configuration file of the host.',
  },
  APPLY_FAILED: {
    kind: 'rejected',
    means: "The host's own command failed. The message has its output.",
    fix: 'Run the printed command yourself and follow its instructions.',
  },
  TARGET_NOT_FOUND: {
    kind: 'usage',
    means: 'No agent or host has this name.',
    fix: 'The message lists the names. `agentpool setup all` checks every agent and host.',
  },
  SKILL_NOT_FOUND: {
    kind: 'usage',
    means: 'This version ships no skill of this name.',
    fix: '`agentpool skills list` lists the skills.',
  },
  PORT_TAKEN: {
    kind: 'conflict',
    means: 'Another program already listens on this port.',
    fix: 'Choose another port, or 0 for any free port.',
  },
  INVALID_ARGUMENTS: {
    kind: 'usage',
    means: 'The arguments of the tool call are not valid.',
    fix: "The message names them. The tool's schema describes what it takes.",
  },
  UNKNOWN_TOOLSET: {
    kind: 'usage',
    means: 'No toolset has this name.',
    fix: 'docs/mcp.md lists the toolsets. `--toolsets all` offers all of them.',
  },
  UNKNOWN_TOOL: {
    kind: 'usage',
    means: 'No tool has this name.',
    fix: 'docs/mcp.md lists the tools.',
  },
  UNKNOWN_RESOURCE: {
    kind: 'usage',
    means: 'No resource has this URI.',
    fix: 'Ask the server for its list of resources.',
  },
  UNKNOWN_PROMPT: {
    kind: 'usage',
    means: 'No prompt has this name.',
    fix: 'Ask the server for its list of prompts.',
  },
  UNSUPPORTED: {
    kind: 'rejected',
    means: 'The server deliberately does not support this.',
    fix: 'The message says what to do instead.',
  },
  LOCKDOWN: {
    kind: 'rejected',
    means: 'The server runs with `--lockdown`: it sends no text written by a worker to the host.',
    fix: 'Read the text on the command line, or start the server without `--lockdown`.',
  },
  INVALID_LOCKDOWN: {
    kind: 'usage',
    means: 'AGENTPOOL_MCP_LOCKDOWN is neither on nor off.',
    fix: 'Set it to 1 or 0.',
  },
  INVALID_PATH: {
    kind: 'usage',
    means: 'The path is not valid.',
    fix: 'The message says what is wrong with it.',
  },
  PATH_OUTSIDE_HOME: {
    kind: 'rejected',
    means: 'A host may write files only below your home folder.',
    fix: 'Choose a path below your home folder, or use the command line.',
  },
} as const satisfies ErrorEntries;
