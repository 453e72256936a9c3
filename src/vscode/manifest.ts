/** Every id that package.json contributes. A test holds the two against each other. */
export const commandIds = {
  openOpt: 'lambdaLayers.openOpt',
  showProvenance: 'lambdaLayers.showProvenance',
  compareShadowed: 'lambdaLayers.compareShadowed',
  packageLayer: 'lambdaLayers.packageLayer',
  invokeFunction: 'lambdaLayers.invokeFunction',
  addLayer: 'lambdaLayers.addLayer',
  openDefinition: 'lambdaLayers.openDefinition',
  closeStack: 'lambdaLayers.closeStack',
  extractOpt: 'lambdaLayers.extractOpt',
  showSizeMap: 'lambdaLayers.showSizeMap',
  compareLayers: 'lambdaLayers.compareLayers',
  compareWith: 'lambdaLayers.compareWith',
  comparePrevious: 'lambdaLayers.comparePrevious',
  compareWithPublished: 'lambdaLayers.compareWithPublished',
  compareChange: 'lambdaLayers.compareChange',
  checkLayers: 'lambdaLayers.checkLayers',
  applyFix: 'lambdaLayers.applyFix',
  openInvocation: 'lambdaLayers.openInvocation',
  replayInvocation: 'lambdaLayers.replayInvocation',
  copyInvocationAsCli: 'lambdaLayers.copyInvocationAsCli',
  clearInvocations: 'lambdaLayers.clearInvocations',
  sendEvent: 'lambdaLayers.sendEvent',
  refresh: 'lambdaLayers.refresh',
  showLog: 'lambdaLayers.showLog',
  clearCache: 'lambdaLayers.clearCache',
  selectProfile: 'lambdaLayers.selectProfile',
  selectRegion: 'lambdaLayers.selectRegion',
  addAccountPlace: 'lambdaLayers.addAccountPlace',
  removeAccountPlace: 'lambdaLayers.removeAccountPlace',
  addPublishedLayer: 'lambdaLayers.addPublishedLayer',
  removePublishedLayer: 'lambdaLayers.removePublishedLayer',
  filterAccount: 'lambdaLayers.filterAccount',
  clearAccountFilter: 'lambdaLayers.clearAccountFilter',
  loadMore: 'lambdaLayers.loadMore',
  retryLoading: 'lambdaLayers.retryLoading',
  findLayerUsers: 'lambdaLayers.findLayerUsers',
  downloadLayerVersion: 'lambdaLayers.downloadLayerVersion',
  publishLayer: 'lambdaLayers.publishLayer',
  attachLayer: 'lambdaLayers.attachLayer',
  detachLayer: 'lambdaLayers.detachLayer',
  reorderLayers: 'lambdaLayers.reorderLayers',
  updateDependents: 'lambdaLayers.updateDependents',
  undoUpdate: 'lambdaLayers.undoUpdate',
  showPermissions: 'lambdaLayers.showPermissions',
  addPermission: 'lambdaLayers.addPermission',
  removePermission: 'lambdaLayers.removePermission',
  copyPermissions: 'lambdaLayers.copyPermissions',
  copyPolicy: 'lambdaLayers.copyPolicy',
  deleteLayerVersion: 'lambdaLayers.deleteLayerVersion',
  pruneLayer: 'lambdaLayers.pruneLayer',
  lookUpLayerVersion: 'lambdaLayers.lookUpLayerVersion',
  copyNewerArn: 'lambdaLayers.copyNewerArn',
} as const;

export type CommandId = (typeof commandIds)[keyof typeof commandIds];

export const viewIds = {
  workspace: 'lambdaLayers.workspace',
  account: 'lambdaLayers.account',
  invocations: 'lambdaLayers.invocations',
} as const;
export const viewContainerId = 'lambda-layers';
export const logLanguageId = 'lambda-log';
export const taskType = 'lambda-layers';
/**
 * Languages in whose files layer version ARNs are coloured and can be hovered, with their grammars' scopes. Opening such
 * a file activates the extension.
 */
export const arnGrammars: Readonly<Record<string, readonly string[]>> = {
  yaml: ['source.yaml'],
  json: ['source.json'],
  jsonc: ['source.json.comments'],
  terraform: ['source.hcl.terraform', 'source.terraform'],
  hcl: ['source.hcl'],
  javascript: ['source.js'],
  javascriptreact: ['source.js.jsx'],
  typescript: ['source.ts'],
  typescriptreact: ['source.tsx'],
  python: ['source.python'],
  go: ['source.go'],
  java: ['source.java'],
  csharp: ['source.cs'],
  ruby: ['source.ruby'],
  rust: ['source.rust'],
  php: ['source.php', 'text.html.php'],
  kotlin: ['source.kotlin'],
  shellscript: ['source.shell'],
  toml: ['source.toml'],
  dotenv: ['source.dotenv'],
};

/** Settings, without the prefix `lambdaLayers.`. */
export const settingIds = {
  layers: 'layers',
  isolation: 'debug.isolation',
  eventsFolder: 'debug.eventsFolder',
  cacheMaxSizeMB: 'cache.maxSizeMB',
  trace: 'trace',
  awsProfile: 'aws.profile',
  awsRegion: 'aws.region',
  awsEndpointUrl: 'aws.endpointUrl',
  awsS3Bucket: 'aws.s3Bucket',
} as const;
export const settingPrefix = 'lambdaLayers';
