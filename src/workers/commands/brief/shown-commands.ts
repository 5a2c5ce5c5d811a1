/**
 * How agents draw a shell command that they run: `● Bash(npm test)`, `• Ran npm test`, `$ npm test`, `✓ Shell npm test`.
 */
const SHOWN = [
  /^\s?[●⏺] Bash\((?<command>.+?)\)?$/u,
  /^[•◦⏺●] (?:Ran|Running|Executed|Executing) (?<command>\S.*)$/u,
  /^\s*[✓✔✗✘●] ?(?:Shell|Bash|Run) (?<command>\S.*)$/u,
  /^[\s│┃]*\$ (?<command>\S.*)$/u,
];

/** Names of test runners, and of the scripts that start them. */
const TESTS =
  /\b(?:pytest|vitest|jest|mocha|rspec|phpunit|ctest|tox|nox|playwright test|(?:npm|pnpm|yarn|bun|cargo|go|deno|dotnet|mix|swift|gradle|gradlew|mvn|make|rake|node --|node scripts\/)\S* ?(?:run )?test)/;

/** The shell commands that a transcript shows, in order; the same one counts once, where it was run last. */
export function shownCommands(lines: Iterable<string>): string[] {
  const commands: string[] = [];
  for (const line of lines) {
    for (const pattern of SHOWN) {
      const command = pattern.exec(line)?.groups?.command?.trim();
      if (!command) continue;
      commands.push(command);
      break;
    }
  }
  return lastOfEach(commands);
}

/** Each once, at the place of its last one. */
export const lastOfEach = (commands: readonly string[]): string[] =>
  commands.filter((command, index) => commands.lastIndexOf(command) === index);

/** Whether a command runs tests. */
export const runsTests = (command: string): boolean => TESTS.test(command);
