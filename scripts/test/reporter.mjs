// Prints one line per finished test file, then why tests were skipped, then the failures in full, and the totals last, in
// the format of Node's own reporters ("# pass 12"), which CI reads. Files and lines are those of the sources.
import { inspect } from 'node:util';
import { fileOf, lineIn, mapped } from './places.mjs';

export default async function* report(source) {
  const files = new Map();
  const failures = [];
  const totals = new Map();
  /** Why tests were left out, by file. */
  const skipped = new Set();
  let current = null;
  for await (const { type, data } of source) {
    if (type === 'test:pass' || type === 'test:fail') {
      const file = fileOf(data);
      if (current !== null && file !== current) yield lineOf(current, files.get(current));
      current = file;
      const seen = files.get(file) ?? { tests: 0, failed: 0, ms: 0 };
      files.set(file, seen);
      if (data.nesting === 0) seen.ms += data.details.duration_ms ?? 0;
      if (data.details.type !== 'suite') seen.tests += 1;
      if (typeof data.skip === 'string' && data.skip !== '') skipped.add(`skip ${file}: ${data.skip}\n`);
      if (type === 'test:fail' && isOwnFailure(data)) {
        seen.failed += 1;
        failures.push({ ...data, file, line: lineIn(data) });
      }
    } else if (type === 'test:stderr' && process.env.CI === undefined) {
      yield data.message;
    } else if (
      type === 'test:diagnostic' &&
      /^(tests|suites|pass|fail|cancelled|skipped|todo|duration_ms) /.test(data.message)
    ) {
      const [name, value] = data.message.split(' ');
      totals.set(name, value);
    }
  }
  if (current !== null) yield lineOf(current, files.get(current));
  yield* skipped;
  for (const failure of failures) yield described(failure);
  yield `\n${[...totals].map(([name, value]) => `# ${name} ${value}`).join('\n')}\n`;
}

const lineOf = (file, { tests, failed, ms }) =>
  `${failed === 0 ? 'ok  ' : 'FAIL'} ${file}  ${tests} tests, ${(ms / 1000).toFixed(1)} s${failed === 0 ? '' : `, ${failed} failed`}\n`;

/** A suite fails with its tests; only the test itself is reported. */
const isOwnFailure = ({ details }) => details.error?.failureType !== 'subtestsFailed';

function described({ file, line, name, details }) {
  const cause = details.error?.cause ?? details.error;
  return `\nFAIL ${file}:${line}  ${name}\n${indented(mapped(cause instanceof Error ? (cause.stack ?? cause.message) : inspect(cause)))}\n`;
}

const indented = (text) => text.replace(/^/gm, '    ');
