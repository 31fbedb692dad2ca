import { installSettings, restoreSettings } from '../../addon/hooks/settings.ts';
import { type Complain, type Document, fieldsOf, formsOf, list, type Mapping, mapping, texts } from './document.ts';
import { BOOLEAN_KEYS, BUTTON_KEYS, FIELD_KEYS, FIELD_TYPES, FORM_KEYS, SHOWN_ONLY, SWITCHES } from './tables.ts';

/** Fields that the platform's side acts on, or that are only read: the daemon never sees them. */
const OWN_FIELDS = new Set(
  `notice inForce nextRuns lastBackup lastJob privileges days newStorageName newStorageDisplayName newStorageRegion storageTopology
   storageNodes storageSize storageNotice cloneOf`.split(/\s+/),
);

/** What a dialog suggests where the schema, for good reason, takes nothing for granted. */
const SUGGESTED: Mapping = {
  backupTime: '09:00',
  ...Object.fromEntries(['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'].map((day) => [day, true])),
  tz: 'UTC',
  crontab: '0 0 * * *',
  everyHours: '24',
  notifyEmail: `\${user.email:}`,
};

/** What existing installs of the platform's own add-on know by these names. */
const WANTED =
  'scheduleType cronTime backupTime sun mon tue wed thu fri sat tz storageName backupCount isAlwaysUmount dbuser dbpass';

const SCHEMAS: Readonly<Record<string, Mapping>> = {
  main: installSettings.parse({}),
  restore: restoreSettings.parse({ backupDir: '-' }),
};

/** Forms and buttons: keys and types that exist, names that are one field's, booleans that are booleans, and the schemas of the hooks. */
export function checkForms({ content }: Document, complain: Complain): void {
  for (const [name, form] of formsOf(content)) {
    const where = `settings.${name}`;
    for (const key of Object.keys(form)) {
      if (!FORM_KEYS.has(key)) complain('unknown key', `${where}.${key}`, 'a form has no such key');
    }
    const fields = fieldsOf(form.fields, where);
    const seen = new Set<unknown>();
    for (const { field, where: here } of fields) {
      checkField(field, here, complain);
      if (seen.has(field.name)) complain('duplicate field', here, `a second field is named ${field.name}`);
      seen.add(field.name);
    }
    if (fields.filter(({ field }) => field.type === 'regionlist').length > 1)
      complain('two regionlists', where, 'a form with a second regionlist is not shown at all');
    if (content.type === 'update') checkSchema(name, fields, complain);
  }
  checkBooleans(content, '', complain);
  for (const [at, one] of list(content.buttons).entries())
    checkButton(mapping(one), `buttons[${at}]`, content, complain);
}

function checkField(field: Mapping, where: string, complain: Complain): void {
  const type = String(field.type ?? 'string');
  if (!FIELD_TYPES.has(type)) complain('unknown field type', where, `there is no field type ${type}`);
  for (const key of Object.keys(field)) {
    if (!FIELD_KEYS.has(key)) complain('unknown key', `${where}.${key}`, 'a field has no such key');
  }
  if (SWITCHES.has(type) && typeof field.value !== 'boolean')
    complain('no boolean', `${where}.value`, 'a box is ticked by true or false');
  if (!SHOWN_ONLY.has(type) && field.required === undefined && field.hidden !== true)
    complain('required unsaid', where, 'the platform takes an unsaid required for true');
  if (/[<>]/.test(String(field.markup ?? '')))
    complain('HTML in markup', `${where}.markup`, 'HTML shows literally there');
}

function checkBooleans(value: unknown, where: string, complain: Complain): void {
  if (Array.isArray(value)) for (const [at, one] of value.entries()) checkBooleans(one, `${where}[${at}]`, complain);
  else {
    for (const [key, one] of Object.entries(mapping(value))) {
      const here = where === '' ? key : `${where}.${key}`;
      if (BOOLEAN_KEYS.has(key) && typeof one !== 'boolean')
        complain('no boolean', here, `must be true or false, not ${JSON.stringify(one)}`);
      checkBooleans(one, here, complain);
    }
  }
}

function checkButton(button: Mapping, where: string, content: Mapping, complain: Complain): void {
  for (const key of Object.keys(button)) {
    if (!BUTTON_KEYS.has(key)) complain('unknown key', `${where}.${key}`, 'a button has no such key');
  }
  for (const key of ['caption', 'loadingText', 'successText']) {
    if (button[key] === undefined) complain('text missing', where, `a button needs its ${key}`);
  }
  if (!(String(button.action) in mapping(content.actions)))
    complain('unknown action', `${where}.action`, `there is no action ${button.action}`);
  if (button.settings !== undefined && !(String(button.settings) in mapping(content.settings)))
    complain('unknown form', `${where}.settings`, `there is no form ${button.settings}`);
}

function checkSchema(form: string, fields: ReturnType<typeof fieldsOf>, complain: Complain): void {
  const schema = SCHEMAS[form];
  if (schema === undefined) {
    complain('settings differ', `settings.${form}`, 'no schema of the hooks is this form’s');
    return;
  }
  for (const { field, where } of fields) {
    const name = String(field.name);
    if (OWN_FIELDS.has(name)) continue;
    if (!(name in schema)) {
      complain('settings differ', where, `the schema of the hooks knows no setting ${name}`);
      continue;
    }
    const shown = field.default ?? field.value ?? '';
    const meant = SUGGESTED[name] ?? (Array.isArray(schema[name]) ? '' : schema[name]);
    if (name !== 'backupDir' && String(shown) !== String(meant))
      complain(
        'settings differ',
        where,
        `begins with ${JSON.stringify(shown)}, the schema with ${JSON.stringify(meant)}`,
      );
  }
  if (form !== 'main') return;
  for (const name of WANTED.split(' ')) {
    if (!fields.some(({ field }) => field.name === name))
      complain('settings differ', `settings.${form}`, `the field ${name} is missing, which existing installs have`);
  }
}

/** What is typed into a field of passwords stands in no command, parameter, text or log. */
export function checkSecrets({ content }: Document, complain: Complain): void {
  const secrets = formsOf(content)
    .flatMap(([name, form]) => fieldsOf(form.fields, `settings.${name}`))
    .filter(({ field }) => field.inputType === 'password')
    .map(({ field }) => String(field.name));
  for (const { text, where } of texts(content)) {
    for (const name of secrets) {
      if (text.includes(`\${settings.${name}`) || /\$\{settings\.toJSON/.test(text))
        complain('secret in command', where, `${name} would stand in the platform’s logs`);
    }
    if (/^actions|^on/.test(where) && /(?:pass(?:word)?|secret|token)=\S/i.test(text))
      complain('secret in command', where, 'a password on a command line is seen by everybody on the node');
  }
}
