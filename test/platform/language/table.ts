const words = (text: string) => text.trim().split(/\s+/);

/** Top-level keys of a manifest. */
export const TOP_KEYS: readonly string[] = words(`
  type jpsType jpsVersion version build id name description logo homepage categories appVersion baseUrl targetNodes
  targetEditions nodeGroupAlias settings globals mixins actions addons buttons menu responses success startPage
  skipNodeEmails ssl ha engine region targetRegions displayName nodes envGroups permanent platformVersion
  copyright vendor tags envName`);

/** Keys that other texts use and that mean nothing to what runs here: shown nowhere, but known. */
export const BUTTON_KEYS: readonly string[] = words(`
  caption action settings confirmText loadingText successText title submitButtonText logsPath logsNodeGroup href name
  submitUnchanged cls iconCls tooltip`);

export const FORM_KEYS: readonly string[] = words(
  'fields onBeforeInit submitUnchanged prepopulate cls title description',
);

export const FIELD_TYPES: readonly string[] = words(`
  string text list checkbox toggle checkboxlist radiolist radio-fieldset compositefield spinner numberpicker slider
  displayfield spacer tooltip envlist envname regionlist owner hostpicker host-picker popupselector
  popup-selector number-picker dockertags dockertag nodetags`);

export const FIELD_KEYS: readonly string[] = words(`
  type name caption default value placeholder required regex regexText vtype vtypeText hideLabel hidden disabled readOnly
  tooltip cls width height id itemId inputType showIf dependsOn values editable forceSelection columns delimiter items
  pack align defaultMargins defaultPadding defaultFlex min max increment decimalPrecision useTips markup text valueField
  disableInactive multiSelect randomName showFullDomain region selectFirstAvailable message filter url buttonText params
  popupCallbackEvent popupWidth popupHeight nodeType image minWidth maxWidth flex margins helpText step`);

/** Forms of text that a field may be held to. */
export const VTYPES: Readonly<Record<string, RegExp>> = {
  alpha: /^[a-zA-Z_]+$/,
  alphanum: /^[a-zA-Z0-9_]+$/,
  email: /^[^\s@"<>]+@[^\s@"'<>]+\.[^\s@"'<>.]+$/,
  extdomain: /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,}$/i,
  URL: /^(?:https?|ftp):\/\/[^\s/$.?#].\S*$/i,
  domainlist:
    /^\s*(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,}(?:[\s,;]+(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,})*\s*$/i,
};

const PAIRS = words(`
  Delete Clone CloneAllNodes ConfirmTransfer ScaleOut ScaleIn ServiceScaleOut AddNode RemoveNode CloneNodes
  RedeployContainer Migrate Start Stop RestartNode RestartContainer StartService ChangeTopology SetCloudletCount
  ChangeEngine SetEnvVars SetEntryPoint SetRunCmd AddVolume RemoveVolume LinkNodes UnlinkNodes LinkNode UnlinkNode
  AttachExtIp DetachExtIp SetCrossServiceNetworkIpCount SwapExtDomains SwapExtIps BindSSL RemoveSSL Deploy BuildProject
  UpdateVcsProject ResetNodePassword ResetServicePassword InstallAddon MoveProduct`);

/** Events that a manifest may have handlers for. `onAfterCloneAllNodes` and `onAfterDelete` are rarely written down, yet used. */
export const EVENTS: ReadonlySet<string> = new Set([
  ...words('onInstall onUninstall onAlert onCustomNodeEvent onApplySubscriptionSettings'),
  ...PAIRS.flatMap((name) => [`onBefore${name}`, `onAfter${name}`]),
]);

/** Not events of the environment, but code that changes the manifest before it is used. */
export const INIT_KEYS: readonly string[] = ['onBeforeInit', 'onBeforeInstall'];

/** Files on nodes: the method of the platform behind each, and what a plain text given to it means. */
export const FILE_ACTIONS: Readonly<Record<string, { method: string; text: string; fixed?: Record<string, unknown> }>> =
  {
    createFile: { method: 'environment.file.Create', text: 'path', fixed: { isdir: false } },
    createDirectory: { method: 'environment.file.Create', text: 'path', fixed: { isdir: true } },
    writeFile: { method: 'environment.file.Write', text: 'path' },
    appendFile: { method: 'environment.file.Write', text: 'path', fixed: { isAppendMode: true } },
    upload: { method: 'environment.file.Upload', text: 'sourcePath' },
    unpack: { method: 'environment.file.Unpack', text: 'sourcePath' },
  };

/** Changes of topology: the method behind each for a layer and, where it differs, for one node; what a plain value given to it is. */
export const TOPOLOGY_ACTIONS: Readonly<Record<string, { group: string; node?: string; plain?: string }>> = {
  addNodes: { group: 'environment.control.AddNode' },
  setNodeDisplayName: {
    group: 'environment.control.SetNodeGroupDisplayName',
    node: 'environment.control.SetNodeDisplayName',
    plain: 'displayName',
  },
  setNodeCount: { group: 'environment.control.SetNodeCount', plain: 'count' },
  setExtIpEnabled: { group: 'environment.control.SetExtIpEnabled', plain: 'enabled' },
  restartNodes: { group: 'environment.control.RestartNodes', node: 'environment.control.RestartNodeById' },
  restartServices: { group: 'environment.control.RestartServices' },
  restartContainers: { group: 'environment.control.RestartNodes', node: 'environment.control.RestartNodeById' },
  addContext: { group: 'environment.control.AddContext' },
  deploy: { group: 'environment.control.DeployApp' },
};

/** Actions with a name of their own. */
export const ACTIONS: ReadonlySet<string> = new Set([
  ...words(`cmd script api install installAddon set setGlobals return stopEvent assert sleep log replaceInFile call
    executeShellCommands executeScript runScript`),
  ...Object.keys(FILE_ACTIONS),
  ...Object.keys(TOPOLOGY_ACTIONS),
]);

/** Properties beside `cmd` and the like that are no actions of their own. */
export const SIBLINGS: readonly string[] = words(`
  nodeId nodeGroup nodeType nodeMission user userName sayYes sync params type settings envName displayName region envGroups
  ownerUid loggerName jps isSequential async delay path body message condition title name manage logsPath writeOutputTasks
  skipNodeEmails description reboot id text nodeGroupData`);

/** Known by name, old, and not played by this stand-in. */
export const NOT_PLAYED: Readonly<Record<string, string>> = {
  prepareSqlDatabase: 'a database helper for old mysql and mariadb stacks',
  restoreSqlDump: 'a database helper for old mysql and mariadb stacks',
  applySqlPatch: 'a database helper for old mysql and mariadb stacks',
};
