// No two folders import each other, not even through a third. A separate run, because tests may import from anywhere.
module.exports = {
  forbidden: [
    {
      name: 'no-circles-of-folders',
      severity: 'error',
      scope: 'folder',
      from: { path: '^src/' },
      to: { circular: true },
    },
  ],
  options: {
    ...require('../.dependency-cruiser.cjs').options,
    includeOnly: '^src/',
    exclude: { path: '\\.test\\.ts$|/testing/' },
  },
};
