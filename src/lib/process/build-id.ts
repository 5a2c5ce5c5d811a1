/** Identifies a build: the build replaces it with a hash of all its bundles. The sources are not compiled ahead. */
export const buildId = 'source';
