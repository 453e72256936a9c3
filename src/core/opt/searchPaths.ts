/** A place at a layer's root that Lambda itself looks into (layer packaging and custom runtime documentation). */
export interface SearchPath {
  /** First segment of the path below `/opt`. */
  readonly root: string;
  /** Who finds what is there, for messages. */
  readonly use: string;
}

/** Every place below `/opt` that is searched without the function naming it. */
export const searchPaths: readonly SearchPath[] = [
  { root: 'bin', use: 'PATH, for every runtime' },
  { root: 'lib', use: 'LD_LIBRARY_PATH, for every runtime' },
  { root: 'python', use: 'Python modules' },
  { root: 'nodejs', use: 'Node.js packages, in node_modules' },
  { root: 'ruby', use: 'Ruby gems and libraries' },
  { root: 'java', use: 'Java archives, in lib' },
  { root: 'dotnet', use: '.NET assemblies' },
  { root: 'extensions', use: 'external extensions' },
  { root: 'bootstrap', use: 'the custom runtime' },
];

/** Whether something of these names at a layer's root is found by Lambda. Case matters. */
export function isReachable(rootNames: Iterable<string>): boolean {
  const roots = new Set(searchPaths.map(({ root }) => root));
  for (const name of rootNames) if (roots.has(name)) return true;
  return false;
}
