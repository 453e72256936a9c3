import { systemErrorCode, UserError } from '../base/errors.ts';

/** The failure for something in the packaged folder that the system did not let us read. */
export function unreadable(path: string, error: unknown): UserError {
  const code = systemErrorCode(error);
  if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'ELOOP' || code === 'EINVAL')
    return changed(path, error);
  if (code === 'EACCES' || code === 'EPERM') {
    return new UserError(
      'ArchiveEntryInvalid',
      `${path} cannot be read: permission denied.`,
      'Give yourself read permission, or keep it out of the layer.',
      { cause: error },
    );
  }
  return new UserError(
    'ArchiveEntryInvalid',
    `${path} cannot be read (${code ?? String(error)}).`,
    'Check the file, or keep it out of the layer.',
    { cause: error },
  );
}

/** The failure for something that is no longer what it was when the folder was listed. */
export function changed(path: string, cause?: unknown): UserError {
  return new UserError(
    'ArchiveEntryInvalid',
    `${path} changed while the layer was being packaged.`,
    'Wait until builds and watchers are done, then package again.',
    { cause },
  );
}
