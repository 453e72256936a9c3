import { execFileSync, spawnSync } from 'node:child_process';
import { lstatSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import JSZip from 'jszip';
import { zipFolder } from './zip.ts';

/** Packs a folder into a zip, links as links. */
export type PackFolder = (folder: string, file: string) => void | Promise<void>;

const pythonScript = `
import os, stat, sys, zipfile
root, target = sys.argv[1:]
with zipfile.ZipFile(target, 'w', zipfile.ZIP_DEFLATED) as archive:
    for folder, folders, files in os.walk(root):
        for name in sorted(folders + files):
            path = os.path.join(folder, name)
            status = os.lstat(path)
            inside = os.path.relpath(path, root)
            if stat.S_ISDIR(status.st_mode):
                inside += '/'
            info = zipfile.ZipInfo(inside, (2024, 1, 2, 3, 4, 6))
            info.external_attr = status.st_mode << 16
            content = b''
            if stat.S_ISLNK(status.st_mode):
                content = os.fsencode(os.readlink(path))
            elif stat.S_ISREG(status.st_mode):
                content = open(path, 'rb').read()
            archive.writestr(info, content)
`;

async function packWithJszip(folder: string, file: string): Promise<void> {
  const zip = new JSZip();
  const add = (path: string): void => {
    for (const name of readdirSync(join(folder, path))) {
      const inside = path === '' ? name : `${path}/${name}`;
      const absolute = join(folder, inside);
      const { mode } = lstatSync(absolute);
      const options = { createFolders: false, unixPermissions: mode };
      if ((mode & 0o170000) === 0o040000) {
        zip.file(inside, null, { ...options, dir: true });
        add(inside);
      } else if ((mode & 0o170000) === 0o120000) zip.file(inside, readlinkSync(absolute), options);
      else zip.file(inside, readFileSync(absolute), options);
    }
  };
  add('');
  writeFileSync(
    file,
    await zip.generateAsync({ type: 'nodebuffer', platform: 'UNIX', compression: 'DEFLATE' }),
  );
}

const exists = (command: string): boolean => spawnSync(command, ['--help']).error === undefined;

/** Every tool here that can pack a folder with modes and links; `bsdtar` and `7z` where they are installed. */
export const packers: Readonly<Record<string, PackFolder>> = {
  zip: (folder, file) => void zipFolder(folder, file),
  'zip to a pipe': (folder, file) => {
    writeFileSync(file, execFileSync('zip', ['-qry', '-', '.'], { cwd: folder }));
  },
  'zipfile of Python': (folder, file) => void execFileSync('python3', ['-c', pythonScript, folder, file]),
  jszip: packWithJszip,
  ...(exists('bsdtar') && {
    bsdtar: (folder: string, file: string) =>
      void execFileSync('bsdtar', ['--format', 'zip', '-cf', file, '.'], { cwd: folder }),
  }),
  ...(exists('7z') && {
    '7z': (folder: string, file: string) =>
      void execFileSync('7z', ['a', '-tzip', '-snl', '-bd', file, '.'], { cwd: folder, stdio: 'ignore' }),
  }),
};
