import type { World } from '../contract.ts';

const ABSOLUTE = /^(?:https?|file):\/\/\S+$/;

/** GitHub shows a page at /blob/; the file itself is at /raw/. */
const raw = (address: string) => address.replace(/^(https?:\/\/(?:www\.)?github\.com\/[^/]+\/[^/]+\/)blob\//, '$1raw/');

/** The base of relative addresses: the manifest's own, else the folder that it was imported from. */
export function baseOf(baseUrl: unknown, address: string | null): string | null {
  if (typeof baseUrl === 'string' && baseUrl.trim() !== '') return raw(`${baseUrl.trim().replace(/\/*$/, '')}/`);
  return address === null ? null : raw(address.replace(/[?#].*$/, '').replace(/[^/]*$/, ''));
}

/** Whether a text may be a link at all: relative ones have no white space, semicolon or round bracket. */
const mayBeLink = (text: string) => text !== '' && !/[\s;()]/.test(text);

/** The absolute address that a text means, or null for a text that is itself what is meant. */
export function addressOf(text: string, base: string | null): string | null {
  const trimmed = text.trim();
  if (ABSOLUTE.test(trimmed)) return raw(trimmed);
  return base !== null && mayBeLink(trimmed) ? base + trimmed.replace(/^\/+/, '') : null;
}

/** A text and what it is called in messages: its address, or the place it stands at. */
export interface Loaded {
  readonly text: string;
  readonly name: string;
}

/**
 * The text behind a property that may be given as text, list of lines, path or address.
 * A path that leads nowhere was a text; an address that leads nowhere rejects.
 */
export async function load(value: unknown, base: string | null, world: World, name: string): Promise<Loaded> {
  const text = Array.isArray(value) ? value.join('\n') : String(value ?? '');
  const address = Array.isArray(value) ? null : addressOf(text, base);
  if (address === null) return { text, name };
  try {
    return { text: await world.fetch(address), name: address };
  } catch (error) {
    if (ABSOLUTE.test(text.trim())) throw error;
    return { text, name }; // by the platform's rule, what is not found was meant as text
  }
}
