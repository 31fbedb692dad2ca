/** A name as SQL; inside it nothing is special but the double quote. */
export const identifier = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** A text as SQL, for sessions with standard_conforming_strings on, which every session here sets. */
export const literal = (text: string | null): string => (text === null ? 'NULL' : `'${text.replaceAll("'", "''")}'`);

/** JSON as SQL that may stand inside quotes and dollar quotes of any kind: quote and dollar are written as JSON escapes. */
export const jsonForSql = (value: unknown): string =>
  JSON.stringify(value).replaceAll("'", '\\u0027').replaceAll('$', '\\u0024');

const LIST_SETTINGS = new Set([
  'local_preload_libraries',
  'search_path',
  'session_preload_libraries',
  'shared_preload_libraries',
  'temp_tablespaces',
  'unix_socket_directories',
]);

/** `name=value` of pg_db_role_setting as name and the values to SET: a few settings are stored as lists of quoted names, all others as they are. */
export function settingOf(stored: string): { readonly name: string; readonly values: string[] } {
  const equals = stored.indexOf('=');
  const name = stored.slice(0, equals);
  const value = stored.slice(equals + 1);
  return { name, values: LIST_SETTINGS.has(name.toLowerCase()) ? listedNames(value) : [value] };
}

function listedNames(list: string): string[] {
  const names = [...list.matchAll(/\s*(?:"((?:[^"]|"")*)"|([^,\s]+))\s*(?:,|$)/g)];
  return names.length === 0 ? [''] : names.map(([, quoted, bare]) => quoted?.replaceAll('""', '"') ?? bare ?? '');
}
