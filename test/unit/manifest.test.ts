import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readLaunchConfiguration } from '../../src/core/debug/launchConfiguration.ts';
import { optScheme } from '../../src/core/opt/optUri.ts';
import { debugType } from '../../src/core/workspace/workspaceFunction.ts';
import {
  arnGrammars,
  commandIds,
  logLanguageId,
  settingIds,
  settingPrefix,
  taskType,
  viewContainerId,
  viewIds,
} from '../../src/vscode/manifest.ts';
import { checkout, launchAttributes, readCheckoutFile, readManifest } from '../support/extensionManifest.ts';

/** Attributes that VS Code or the `function` attribute resolve before a configuration is read. */
const resolvedBefore = ['function'];
/** Schema defaults that are suggestions for the editor, not what a missing attribute means. */
const suggested = ['envFile'];

describe('The manifest', () => {
  const manifest = readManifest();
  const { contributes } = manifest;
  const commands = contributes.commands.map(({ command }) => command);
  const views = Object.values(contributes.views).flat();
  const settings = Object.keys(contributes.configuration.properties);
  const menuItems = Object.values(contributes.menus).flat();

  it('contributes the commands that the code knows, each once', () => {
    assert.deepEqual([...commands].sort(), Object.values<string>(commandIds).sort());
  });

  it('contributes the views and settings that the code knows', () => {
    assert.deepEqual(
      views.map(({ id }) => id),
      Object.values<string>(viewIds),
    );
    assert.deepEqual(Object.keys(contributes.views), [viewContainerId]);
    assert.deepEqual(
      Object.values(contributes.viewsContainers).flatMap((containers) => containers.map(({ id }) => id)),
      [viewContainerId],
    );
    assert.deepEqual(
      [...settings].sort(),
      Object.values(settingIds)
        .map((id) => `${settingPrefix}.${id}`)
        .sort(),
    );
  });

  it('contributes the debug type and the log language that the code knows', () => {
    assert.deepEqual(
      contributes.debuggers.map(({ type }) => type),
      [debugType],
    );
    assert.deepEqual(
      contributes.languages.map(({ id }) => id),
      [logLanguageId],
    );
  });

  it('contributes the task type that the code knows', () => {
    assert.deepEqual(
      contributes.taskDefinitions.map(({ type }) => type),
      [taskType],
    );
  });

  it('colours layer version ARNs in the languages in which they can be hovered', () => {
    const injected = contributes.grammars.find(({ scopeName }) => scopeName === 'layer-arn.injection');
    assert.deepEqual([...(injected?.injectTo ?? [])].sort(), Object.values(arnGrammars).flat().sort());
  });

  it('describes the launch attributes that the code reads, with the defaults that it has', () => {
    const attributes = launchAttributes(manifest);
    const { request, ...configuration } = readLaunchConfiguration({ code: '/code' });
    assert.equal(request, 'launch');
    const read: Readonly<Record<string, unknown>> = configuration;
    assert.deepEqual(Object.keys(attributes).sort(), [...Object.keys(read), ...resolvedBefore].sort());
    for (const [name, { default: described }] of Object.entries(attributes)) {
      if (described === undefined || suggested.includes(name)) continue;
      assert.deepEqual(read[name], described, name);
    }
  });

  it('takes every text from package.nls.json, which has no others', () => {
    const texts = Object.keys(JSON.parse(readCheckoutFile('package.nls.json')) as object);
    const used = new Set(
      [...readCheckoutFile('package.json').matchAll(/"%([^%"]+)%"/g)].map(([, key]) => key),
    );
    assert.deepEqual([...used].sort(), texts.sort());
  });

  it('names pictures that exist', () => {
    const containers = Object.values(contributes.viewsContainers).flat();
    const icons = [...contributes.commands, ...views, ...containers, manifest].flatMap(
      ({ icon }) => icon ?? [],
    );
    const steps = contributes.walkthroughs.flatMap((walkthrough) => walkthrough.steps);
    const files = [
      ...icons.filter((icon) => !icon.startsWith('$(')),
      ...steps.map(({ media }) => media.image),
    ];
    assert.notEqual(files.length, 0);
    for (const file of files) assert.ok(existsSync(new URL(file, checkout)), file);
  });

  it('puts only its own commands into menus and welcome texts', () => {
    const linked = [
      ...readCheckoutFile('package.nls.json').matchAll(/\(command:(lambdaLayers\.\w+)\)/g),
    ].flatMap(([, command]) => command ?? []);
    assert.notEqual(linked.length, 0);
    for (const command of [...menuItems.map((item) => item.command), ...linked]) {
      assert.ok(commands.includes(command), command);
    }
  });

  it('has one walkthrough of a few steps, each completed by doing what its links offer', () => {
    const [walkthrough, ...others] = contributes.walkthroughs;
    assert.deepEqual(others, []);
    assert.ok(walkthrough && walkthrough.steps.length >= 4 && walkthrough.steps.length <= 6);
    const texts = JSON.parse(readCheckoutFile('package.nls.json')) as Readonly<Record<string, string>>;
    for (const { completionEvents, description } of walkthrough.steps) {
      const [event = '', ...more] = completionEvents;
      assert.deepEqual(more, []);
      const text = texts[description.replaceAll('%', '')] ?? '';
      const command = /^onCommand:(.+)$/.exec(event)?.[1];
      if (command === undefined) assert.equal(event, `onContext:debugType == '${debugType}'`);
      else assert.ok(text.includes(`(command:${command})`), command);
    }
  });

  it('names only its own views, schemes and sound patterns in conditions', () => {
    const conditions = [...menuItems, ...contributes.viewsWelcome].flatMap(({ when }) => when ?? []);
    assert.notEqual(conditions.length, 0);
    for (const when of conditions) {
      for (const [, view] of when.matchAll(/\bview == (\S+)/g)) {
        assert.ok(
          views.some(({ id }) => id === view),
          when,
        );
      }
      for (const [, scheme] of when.matchAll(/\bresourceScheme == (\S+)/g)) {
        assert.ok(scheme === 'file' || scheme === optScheme, when);
      }
      for (const [, pattern] of when.matchAll(/\bviewItem =~ \/(.+?)\/(?= |$)/g)) {
        assert.doesNotThrow(() => new RegExp(pattern ?? ''), when);
      }
    }
    for (const { view } of contributes.viewsWelcome) assert.ok(views.some(({ id }) => id === view));
  });

  it('keeps commands that need a row of the tree out of the palette', () => {
    const hidden = (contributes.menus['commandPalette'] ?? []).filter(({ when }) => when === 'false');
    assert.ok(hidden.some(({ command }) => command === commandIds.closeStack));
    for (const { command } of hidden) {
      assert.ok(
        menuItems.some((item) => item.command === command && item.when !== 'false'),
        command,
      );
    }
  });

  it('is activated by its own file system and debug type, and never merely at start', () => {
    const known = [
      `onFileSystem:${optScheme}`,
      ...['onDebugResolve', 'onDebugDynamicConfigurations'].map((event) => `${event}:${debugType}`),
      'onDebugInitialConfigurations',
      'onWebviewPanel:lambdaLayers.sizeMap', // restores the size map after a reload
      ...Object.keys(arnGrammars).map((language) => `onLanguage:${language}`), // for hovers over ARNs
    ];
    assert.deepEqual([...manifest.activationEvents].sort(), known.sort());
  });

  it('restricts only settings that exist in untrusted workspaces', () => {
    const restricted = manifest.capabilities.untrustedWorkspaces.restrictedConfigurations;
    assert.notEqual(restricted.length, 0);
    for (const setting of restricted) assert.ok(settings.includes(setting), setting);
  });

  it('is compiled against the oldest VS Code that it supports', () => {
    assert.equal(manifest.engines.vscode, `^${manifest.devDependencies['@types/vscode'] ?? ''}`);
  });
});
