// A separate module, because it is a separate bundle: see scripts/build/bundles.mjs.
export { execa } from 'execa';
