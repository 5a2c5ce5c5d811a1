/** Folders that tools fill again by themselves. They hold no work, and a worker that ran the tests leaves thousands. */
const FOLDERS = new Set([
  ...['node_modules', '.venv', '__pycache__', '.pytest_cache', '.mypy_cache', '.ruff_cache', '.tox'],
  ...['.gradle', '.turbo', '.parcel-cache'],
]);

/** Whether a path is in a folder of a tool's own making. */
export const isRegenerated = (path: string): boolean => path.split('/').some((part) => FOLDERS.has(part));
