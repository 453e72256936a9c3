/** Files that are being written beside an output. They may be from another run at the same time, or a crashed one. */
const pattern = /^\.[0-9a-f]{16}\.zip\.partial$/;

/** The name for a file that is being written; `id` is 16 hexadecimal digits. Such files are never packaged. */
export const partialFileName = (id: string): string => `.${id}.zip.partial`;

/** Whether a file's name (without folders) is one of those. */
export const isPartialFile = (name: string): boolean => pattern.test(name);
