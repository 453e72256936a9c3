import type { Check } from './checkContext.ts';
import { locateFile } from './locateFile.ts';
import { checkProgram } from './programCheck.ts';

/** Everything in `/opt/extensions` is started before the runtime; one that cannot be started fails the function. */
export const checkExtensions: Check = async (context, report) => {
  for (const entry of context.view.list('extensions') ?? []) {
    const path = `/opt/${entry.path}`;
    const found = entry.kind === 'link' ? await locateFile(context, path) : undefined;
    if (typeof found === 'string') continue; // the family "links" says what is wrong with it
    const file = found ?? { view: context.view, entry, place: entry.layer };
    if (file.entry.kind === 'directory') {
      report({
        code: 'extensionIsDirectory',
        severity: 'info',
        layer: entry.layer,
        path: entry.path,
        message: `${path} is a directory; Lambda starts only the files directly in /opt/extensions.`,
        help: 'Put the program itself into extensions/; its other files may stay where they are.',
      });
      continue;
    }
    const words = {
      code: 'extension',
      path,
      outcome: 'the function fails with Extension.LaunchError',
    } as const;
    for (const finding of await checkProgram(context, file, words)) report(finding);
  }
};
