/** Whether a path is a folder itself or below it, by whole parts of the path: `src/ab` is not within `src/a`. */
export const isWithin = (path: string, folder: string): boolean =>
  path === folder || path.startsWith(`${folder}/`);
