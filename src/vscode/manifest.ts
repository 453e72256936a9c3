/** Every id that package.json contributes. A test holds the two against each other. */
export const commandIds = {
  openOpt: 'lambdaLayers.openOpt',
  showProvenance: 'lambdaLayers.showProvenance',
  compareShadowed: 'lambdaLayers.compareShadowed',
  packageLayer: 'lambdaLayers.packageLayer',
  invokeFunction: 'lambdaLayers.invokeFunction',
  addLayer: 'lambdaLayers.addLayer',
  closeStack: 'lambdaLayers.closeStack',
  extractOpt: 'lambdaLayers.extractOpt',
  showSizeMap: 'lambdaLayers.showSizeMap',
  compareLayers: 'lambdaLayers.compareLayers',
  checkLayers: 'lambdaLayers.checkLayers',
  applyFix: 'lambdaLayers.applyFix',
  refresh: 'lambdaLayers.refresh',
  showLog: 'lambdaLayers.showLog',
  clearCache: 'lambdaLayers.clearCache',
} as const;

export type CommandId = (typeof commandIds)[keyof typeof commandIds];

export const viewIds = { workspace: 'lambdaLayers.workspace' } as const;
export const viewContainerId = 'lambda-layers';
export const logLanguageId = 'lambda-log';

/** Settings, without the prefix `lambdaLayers.`. */
export const settingIds = {
  layers: 'layers',
  isolation: 'debug.isolation',
  cacheMaxSizeMB: 'cache.maxSizeMB',
  trace: 'trace',
} as const;
export const settingPrefix = 'lambdaLayers';
