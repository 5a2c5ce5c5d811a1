// A program that gets notifications: writes what it gets to a file beside the ledger, hangs, or fails.
import { renameSync, writeFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';

const [how] = process.argv.slice(2);
const news = await text(process.stdin);
if (how === 'write') {
  const { position } = JSON.parse(news);
  const name = `heard-${String(position).padStart(6, '0')}`;
  writeFileSync(`draft-${name}`, news, { flag: 'wx' });
  renameSync(`draft-${name}`, name);
}
if (how === 'hang') {
  writeFileSync('hanging', String(process.pid));
  process.on('SIGTERM', () => {});
  setInterval(() => {}, 1000);
}
if (how === 'fail') process.exit(3);
