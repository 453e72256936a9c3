import { readFileSync } from 'node:fs';

interface MenuItem {
  readonly command: string;
  readonly when?: string;
}

interface Attribute {
  readonly default?: unknown;
}

/** The parts of package.json that tests hold against the code and the documents. */
export interface ExtensionManifest {
  readonly icon: string;
  readonly engines: { readonly vscode: string };
  readonly devDependencies: Readonly<Record<string, string>>;
  readonly activationEvents: readonly string[];
  readonly capabilities: {
    readonly untrustedWorkspaces: { readonly restrictedConfigurations: readonly string[] };
  };
  readonly contributes: {
    readonly commands: readonly { readonly command: string; readonly icon?: string }[];
    readonly viewsContainers: Readonly<
      Record<string, readonly { readonly id: string; readonly icon: string }[]>
    >;
    readonly views: Readonly<Record<string, readonly { readonly id: string; readonly icon?: string }[]>>;
    readonly viewsWelcome: readonly { readonly view: string; readonly when?: string }[];
    readonly walkthroughs: readonly {
      readonly steps: readonly {
        readonly description: string;
        readonly media: { readonly image: string };
        readonly completionEvents: readonly string[];
      }[];
    }[];
    readonly menus: Readonly<Record<string, readonly MenuItem[]>>;
    readonly languages: readonly { readonly id: string }[];
    readonly taskDefinitions: readonly { readonly type: string }[];
    readonly grammars: readonly { readonly scopeName: string; readonly injectTo?: readonly string[] }[];
    readonly debuggers: readonly {
      readonly type: string;
      readonly configurationAttributes: {
        readonly launch: { readonly properties: Readonly<Record<string, Attribute>> };
      };
    }[];
    readonly configuration: { readonly properties: Readonly<Record<string, unknown>> };
  };
}

/** The root of the checkout. */
export const checkout = new URL('../../', import.meta.url);

/** Reads a text file of the checkout. */
export function readCheckoutFile(path: string): string {
  return readFileSync(new URL(path, checkout), 'utf8');
}

/** Reads package.json. */
export function readManifest(): ExtensionManifest {
  return JSON.parse(readCheckoutFile('package.json')) as ExtensionManifest;
}

/** The attributes of a `lambda-runtime` launch configuration, by name. */
export function launchAttributes({ contributes }: ExtensionManifest): Readonly<Record<string, Attribute>> {
  return Object.assign(
    {},
    ...contributes.debuggers.map((each) => each.configurationAttributes.launch.properties),
  ) as Readonly<Record<string, Attribute>>;
}
