import { chownSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format, parseArgs } from 'node:util';
import type { Page } from 'playwright-core';
import { root } from './prepare.mjs';
import { exitOnSignals } from './step.mjs';
import { openPage } from '../../test/host/chromium.ts';
import { createOrdinaryUser, giveFolder, type OrdinaryUser } from '../../test/host/ordinaryUser.ts';
import { startServerHost, type ServerHost } from '../../test/host/serverHost.ts';
import { cacheFolder } from '../../test/host/serverLocation.ts';
import { debugToolsVariable } from '../../test/support/debugTools.ts';
import { ensureDebugTools } from '../../test/support/installDebugTools.ts';
import { resultVariable } from '../../test/support/countingReporter.ts';
import { markedLine } from '../../test/support/reportLines.ts';
import { copyWorkspace } from '../../test/support/workspaceCopy.ts';

/** Milliseconds after which a run counts as hung. */
const limit = 10 * 60_000;

/** What is asked of a run. */
export interface IntegrationRequest {
  /** Variables that `run()` reads in the extension host. */
  readonly env: Readonly<Record<string, string>>;
  /** Whether VS Code's own log is shown too. */
  readonly verbose: boolean;
  readonly asUser: boolean;
}

/** The tests that an ordinary user runs when no others are chosen: those that depend most on what one may do. */
const testsOfUser = 'sources of two layers and of the function';

/**
 * Reads `--grep TEXT`, which chooses tests by a part of their names, `--verbose`, and `--ordinary-user`, which runs
 * them as a user that is made for it; that takes root.
 */
export function readIntegrationArguments(args: readonly string[]): IntegrationRequest {
  const flag = { type: 'boolean', default: false } as const;
  const grep = { type: 'string', short: 'g', default: '' } as const;
  const { values } = parseArgs({
    args: [...args],
    options: { grep, verbose: flag, 'ordinary-user': flag },
  });
  const asUser = values['ordinary-user'];
  const env = {
    LAMBDA_LAYERS_TEST_GREP: values.grep === '' && asUser ? testsOfUser : values.grep,
    LAMBDA_LAYERS_CACHE: cacheFolder(), // the home folder in there is another one
    [resultVariable]: process.env[resultVariable] ?? '',
  };
  return { env, verbose: values.verbose, asUser };
}

/**
 * Runs the integration tests in a VS Code server whose workbench is open in Chromium, on a copy of `samples/`, and
 * prints what they say. Returns the exit code.
 */
export async function runIntegration(args: readonly string[]): Promise<number> {
  exitOnSignals();
  const { env, verbose, asUser } = readIntegrationArguments(args);
  const tools = await ensureDebugTools(verbose);
  const user = asUser ? createOrdinaryUser() : undefined;
  if (user !== undefined) shareResultFile(user);
  const host = await startServerHost({
    env: { ...env, [debugToolsVariable]: JSON.stringify(tools), ...user?.variables },
    extensions: [tools.extension],
    testDriver: 'on',
    ...(user === undefined ? {} : { user }),
  });
  let page: Page | undefined;
  try {
    const folder = await copyWorkspace(join(root, 'samples'), join(host.folder, 'samples'));
    if (user !== undefined) await giveFolder(folder, user);
    page = await openPage(join(host.folder, 'browser'));
    return await runIn(host, page, folder, testLog(verbose));
  } finally {
    await page?.context().close();
    await host.stop();
    user?.remove();
  }
}

/** The reporter inside VS Code writes the counts there. */
function shareResultFile({ uid, gid }: OrdinaryUser): void {
  const file = process.env[resultVariable];
  if (file === undefined) return;
  writeFileSync(file, '');
  chownSync(file, uid, gid);
}

async function runIn(host: ServerHost, page: Page, folder: string, log: TestLog): Promise<number> {
  const tests = { extension: root, module: join(root, 'test', 'out', 'integration', 'index.cjs') };
  const exit = new Promise<number>((resolve, reject) => {
    const fail = (what: string): void => reject(new Error(`${log.rest()}\n${host.output()}\n${what}`));
    page.on('crash', () => fail('The page with VS Code has crashed.'));
    void host.ended.then(() => fail('The VS Code server ended before the tests did.'));
    const timer = setTimeout(() => fail(`The tests did not end within ${limit / 60_000} minutes.`), limit);
    timer.unref(); // the page keeps this process alive for as long as it matters
    page.exposeFunction('codeAutomationExit', resolve).catch(reject);
  });
  const open = async (): Promise<void> => {
    await page.exposeFunction('codeAutomationLog', log.add);
    await page.goto(host.url({ folder, tests }), { timeout: limit });
  };
  const [code] = await Promise.all([exit, open()]);
  return code;
}

/** The console of the tests, among whose lines VS Code writes its own. */
interface TestLog {
  /** Takes what `codeAutomationLog` is called with: the kind and the arguments of a call of `console`. */
  readonly add: (kind: string, parts: unknown[]) => void;
  /** What was not shown: VS Code's own lines. */
  readonly rest: () => string;
}

function testLog(verbose: boolean): TestLog {
  const rest: string[] = [];
  return {
    add: (kind, parts) => {
      const text = format(...parts);
      const line = markedLine(text);
      if (line !== undefined) console.log(line);
      else if (verbose) console.log(`[${kind}] ${text}`);
      else rest.push(`[${kind}] ${text}`);
    },
    rest: () => rest.join('\n'),
  };
}
