import { homedir } from 'node:os';

/** What `${…}` in a launch configuration can stand for when it is shown rather than run. */
export interface VariableContext {
  /** Absolute path of the workspace folder the configuration belongs to. */
  readonly folder: string | undefined;
  /** Absolute paths of all workspace folders, by name. */
  readonly folders: Readonly<Record<string, string>>;
}

/**
 * Replaces the variables that name folders, as VS Code does before it starts a debug session. Others stay as they
 * are: what they mean is only known then.
 */
export function substituteFolders(text: string, { folder, folders }: VariableContext): string {
  return text.replaceAll(
    /\$\{(workspaceFolder|workspaceRoot|userHome)(?::([^}]+))?\}/g,
    (whole, name, other) => {
      if (name === 'userHome') return homedir();
      return (other === undefined ? folder : folders[String(other)]) ?? whole;
    },
  );
}
