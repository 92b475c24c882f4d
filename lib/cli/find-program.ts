import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** The file that the shell would run for `name`. @param path the value of PATH */
export function findProgram(name: string, path = ''): string | undefined {
  const folders = path.split(delimiter).filter((folder) => folder.startsWith('/'));
  return folders.map((folder) => join(folder, name)).find(isExecutable);
}

export function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
