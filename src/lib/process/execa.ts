// A module of its own, because it is a bundle of its own: see scripts/build/bundles.mjs.
export { execa } from 'execa';
