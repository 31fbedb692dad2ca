import type { Manifest, Syntax } from '../language/types.ts';

const PUBLISHED =
  /^https:\/\/(?:github\.com|raw\.githubusercontent\.com|(?:cdn|fastly)\.jsdelivr\.net|gitlab\.com|bitbucket\.org)\//;

/**
 * How old the scripts of a manifest must be: ES5, which alone is promised of the platform's engine, except where people
 * publish. What stands there runs on real platforms, newer or not; so do the scripts that such manifests leave with an account.
 */
export function syntaxOf(manifest: Pick<Manifest, 'baseUrl' | 'address'> | null): Syntax {
  if (manifest === null) return 'vendor';
  return [manifest.baseUrl, manifest.address].some((address) => PUBLISHED.test(address ?? '')) ? 'vendor' : 'es5';
}
