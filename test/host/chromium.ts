import { spawnSync } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { chromium, type Page } from 'playwright-core';
import { exitOnSignals } from '../../scripts/lib/step.mjs';
import { isExecutableFile, onPath } from './onPath.ts';

/** Chromium must not reach for the network, and needs no GPU and no sandbox for a page of our own. */
const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost',
];

const names = ['chromium', 'google-chrome', 'google-chrome-stable', 'chromium-browser'];

/**
 * The first Chromium that starts: `CHROME_PATH`, one on the `PATH`, or one that Playwright has installed. Asks for
 * the version, because Ubuntu's `chromium-browser` may be a stub that only names a snap.
 */
export function findChromium(): string | undefined {
  const chosen = process.env['CHROME_PATH'];
  const candidates = [chosen, ...names.map((name) => onPath(name)), chromium.executablePath()];
  return candidates.find((file) => file !== undefined && isExecutableFile(file) && answersVersion(file));
}

function answersVersion(file: string): boolean {
  const { status } = spawnSync(file, ['--version'], { stdio: 'ignore', timeout: 30_000 });
  return status === 0;
}

/**
 * Opens a page in a Chromium without a window. All its files are in `folder`, which has to outlive it. It ends with
 * this process, because the pipe to it closes. Throws an `Error` when no Chromium is installed.
 */
export async function openPage(folder: string): Promise<Page> {
  const executablePath = findChromium();
  if (executablePath === undefined) {
    throw new Error('No Chromium was found. Install one (sudo apt-get install chromium) or set CHROME_PATH.');
  }
  const [profile, artifactsDir] = [join(folder, 'profile'), join(folder, 'artifacts')];
  await mkdir(artifactsDir, { recursive: true });
  const restoreSignals = exitOnSignals(); // else Playwright would not notice that a signal ends this process
  const context = await chromium.launchPersistentContext(profile, {
    executablePath,
    args: flags,
    headless: true,
    viewport: { width: 1400, height: 900 },
    colorScheme: 'dark',
    artifactsDir,
    handleSIGINT: false,
    handleSIGTERM: false,
    handleSIGHUP: false,
  });
  context.once('close', restoreSignals);
  return context.pages()[0] ?? context.newPage();
}
