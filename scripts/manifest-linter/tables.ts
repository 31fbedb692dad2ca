const words = (text: string) => new Set(text.trim().split(/\s+/));

/** Keys that the platform's manual knows at the top of a manifest. */
export const TOP_KEYS = words(`
  type jpsVersion version build id name description logo homepage categories appVersion baseUrl targetNodes targetEditions
  nodeGroupAlias settings globals mixins actions addons buttons menu responses success startPage skipNodeEmails ssl ha engine
  region targetRegions displayName nodes envGroups permanent`);

export const FORM_KEYS = words('fields onBeforeInit submitUnchanged prepopulate');

export const BUTTON_KEYS = words(`
  caption action settings confirmText loadingText successText title submitButtonText logsPath logsNodeGroup href name submitUnchanged`);

export const FIELD_TYPES = words(`
  string text list checkbox toggle checkboxlist radiolist radio-fieldset compositefield spinner numberpicker slider displayfield
  spacer tooltip envlist envname regionlist owner hostpicker popupselector dockertags nodetags`);

export const FIELD_KEYS = words(`
  type name caption default value placeholder required regex regexText vtype vtypeText hideLabel hidden disabled readOnly tooltip
  cls width height id itemId inputType showIf dependsOn values editable forceSelection columns delimiter items pack align
  defaultMargins defaultPadding defaultFlex min max increment decimalPrecision useTips markup text valueField disableInactive
  multiSelect randomName showFullDomain region selectFirstAvailable message filter url buttonText params`);

/** Keys whose value is true or false and nothing else: the text "false" counts as true there. */
export const BOOLEAN_KEYS = words(`
  required hidden hideLabel disabled readOnly submitUnchanged editable forceSelection multiSelect disableInactive randomName
  showFullDomain selectFirstAvailable skipNodeEmails cluster isSLBAccessEnabled permanent useTips ssl ha`);

/** Types whose `value` is true or false. */
export const SWITCHES = words('checkbox toggle');

/** Types that take no input: the platform takes an unsaid `required` of all others for true. */
export const SHOWN_ONLY = words(
  'displayfield spacer tooltip compositefield radio-fieldset checkbox toggle envname regionlist',
);

const PAIRS = words(`
  Delete Clone ConfirmTransfer ScaleOut ScaleIn ServiceScaleOut AddNode RemoveNode CloneNodes RedeployContainer Migrate Start Stop
  RestartNode RestartContainer StartService ChangeTopology SetCloudletCount ChangeEngine SetEnvVars SetEntryPoint SetRunCmd
  AddVolume RemoveVolume LinkNodes UnlinkNodes LinkNode AttachExtIp DetachExtIp SwapExtDomains SwapExtIps BindSSL RemoveSSL Deploy
  ResetNodePassword ResetServicePassword InstallAddon MoveProduct`);

export const EVENTS = new Set([
  ...words('onInstall onUninstall onBeforeInit onBeforeInstall onAlert onCustomNodeEvent'),
  ...[...PAIRS].flatMap((name) => [`onBefore${name}`, `onAfter${name}`]),
]);

/** Actions of the platform that our manifests may use; everything else must be an action of their own. */
export const ACTIONS = words('cmd script api install set setGlobals return stopEvent assert sleep log');

/** What may stand beside an action in a step. */
export const SIBLINGS = words(
  'user params nodeId nodeGroup nodeType sayYes sync envName displayName region envGroups settings',
);

/** Placeholders that need not be there: the literal text stays where nothing says what to put instead. */
export const UNSURE = words('settings env targetNodes event this user account quota response');
