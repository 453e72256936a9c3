import { once } from 'node:events';
import { readFileSync, utimesSync } from 'node:fs';
import JSZip from 'jszip';
import { type Entry, openPromise, type ZipFile } from 'yauzl';
import { openLayer } from '../src/core/layer/layerSource.ts';
import { LayerStore } from '../src/core/opt/layerStack.ts';
import { LayerTree } from '../src/core/opt/layerTree.ts';
import { MergedView } from '../src/core/opt/mergedView.ts';

/** Prepares what is not measured, and answers what is. The result is kept until memory was measured. */
export type Job = (paths: readonly string[]) => Promise<() => Promise<unknown>>;

/** Every figure: what is done, by this product and by its peers. */
export const jobs: Readonly<Record<string, Readonly<Record<string, Job>>>> = {
  open: {
    ours: measured(async ([path = '']) => LayerTree.build(await openLayer(path))),
    jszip: measured(([path = '']) => loadJSZip(path)),
    yauzl: measured(([path = '']) => listYauzl(path)),
  },
  merge: {
    ours: measured((paths) => new LayerStore().view(paths)),
    jszip: measured((paths) => mergeMaps(paths, async (path) => Object.keys((await loadJSZip(path)).files))),
    yauzl: measured((paths) => mergeMaps(paths, async (path) => [...(await listYauzl(path)).keys()])),
  },
  stat: {
    ours: onView((view, names) => {
      for (let round = 0; round < statCount; round++) view.lookup(names[(round * 7919) % names.length] ?? '');
    }),
  },
  readDirectory: {
    ours: onView((view, names) => {
      for (let round = 0; round < listCount; round++) {
        const name = names[(round * 7919) % names.length] ?? '';
        view.list(name.slice(0, name.lastIndexOf('/')));
      }
    }),
  },
  largestDirectory: {
    ours: onView((view) => {
      view.list('nodejs/node_modules');
    }),
  },
  readOne: {
    ours: measured(async ([path = '']) => {
      const view = new MergedView([await LayerTree.build(await openLayer(path))]);
      const entry = view.lookup(wantedFile);
      if (entry === undefined) throw new Error(`${wantedFile} is missing.`);
      return view.read(entry);
    }),
    jszip: measured(async ([path = '']) => (await loadJSZip(path)).file(wantedFile)?.async('nodebuffer')),
    yauzl: measured(async ([path = '']) => {
      const zip = await openYauzl(path);
      const entry = (await listEntries(zip)).get(wantedFile);
      if (entry === undefined) throw new Error(`${wantedFile} is missing.`);
      const stream = await zip.openReadStreamPromise(entry);
      await once(stream.resume(), 'end');
      zip.close();
    }),
  },
  rebuild: {
    ours: async (paths) => {
      const store = new LayerStore();
      const before = await store.view(paths);
      return async () => {
        const [changed = ''] = paths;
        utimesSync(changed, new Date(), new Date(Date.now() + 1000));
        return [before, await store.view(paths)];
      };
    },
    jszip: measured(([path = '']) => loadJSZip(path)),
    yauzl: measured(([path = '']) => listYauzl(path)),
  },
};

/** How often `stat` and `readDirectory` are done in one measurement. */
export const statCount = 100_000;
export const listCount = 5_000;
const wantedFile = 'nodejs/node_modules/package-500/lib/module-25017.js';

function measured(run: (paths: readonly string[]) => Promise<unknown>): Job {
  return (paths) => Promise.resolve(() => run(paths));
}

function onView(run: (view: MergedView, names: readonly string[]) => void): Job {
  return async (paths) => {
    const view = await new LayerStore().view(paths);
    const names = [...view.walk('nodejs/node_modules/package-1')].map(({ path }) => path);
    for (let index = 0; index < 1000; index++) {
      names.push(`nodejs/node_modules/package-${index}/lib/module-${index * 50 + 3}.js`);
    }
    return () => {
      run(view, names);
      return Promise.resolve();
    };
  };
}

function loadJSZip(path: string): Promise<JSZip> {
  return JSZip.loadAsync(readFileSync(path));
}

function openYauzl(path: string): Promise<ZipFile> {
  return openPromise(path, { lazyEntries: true, autoClose: false });
}

async function listYauzl(path: string): Promise<Map<string, Entry>> {
  const zip = await openYauzl(path);
  const entries = await listEntries(zip);
  zip.close();
  return entries;
}

async function listEntries(zip: ZipFile): Promise<Map<string, Entry>> {
  const entries = new Map<string, Entry>();
  for await (const entry of zip.eachEntry()) entries.set(entry.fileName, entry);
  return entries;
}

/** The merged view as one would make it of a library's names: a map of paths, a set of names per folder. */
async function mergeMaps(
  paths: readonly string[],
  namesOf: (path: string) => Promise<readonly string[]>,
): Promise<unknown> {
  const owners = new Map<string, number>();
  const folders = new Map<string, Set<string>>();
  for (const [layer, path] of paths.entries()) {
    for (const name of await namesOf(path)) {
      owners.set(name, layer);
      for (
        let child = name, at = child.lastIndexOf('/');
        at > 0;
        child = child.slice(0, at), at = child.lastIndexOf('/')
      ) {
        const parent = child.slice(0, at);
        const known = folders.get(parent);
        known?.add(child);
        if (known !== undefined) continue;
        folders.set(parent, new Set([child]));
      }
    }
  }
  return [owners, folders];
}
