// A process of its own: waits until the caller is gone, however it ended, and sweeps what it has left behind.
import { sweep } from './sweep.ts';

const [folder = '', path] = process.argv.slice(2);
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});
process.stdin.on('error', () => {});
// The other end of the pipe closes with the caller.
process.stdin.once('close', () => void sweep(folder, path));
process.stdin.resume();
