import { addressOf, load } from './addresses.ts';
import { type Engine, openFrame, resolveText } from './frame.ts';
import { booleanOf, isMapping, list, localised, mapping, textOf } from './mapping.ts';
import type { Button, Face, Installation, Manifest } from './types.ts';

/** A text that the manifest gives as text, path or address, in the user's language, with its placeholders replaced. */
export async function shownText(
  value: unknown,
  engine: Engine,
  installation: Installation,
  place: string,
): Promise<string> {
  const frame = openFrame(engine, installation, null, place);
  const given = await resolveText(localised(value, engine.options.locale), frame);
  try {
    const loaded = await load(given, installation.manifest.baseUrl, engine.world, place);
    return await resolveText(loaded.text, frame);
  } catch (error) {
    engine.options.log(`${place}: ${error instanceof Error ? error.message : String(error)}`);
    return given;
  }
}

function buttonOf(raw: unknown, inMenu: boolean, locale: string): Button {
  const given = mapping(raw);
  const text = (key: string, otherwise: string) =>
    given[key] === undefined || given[key] === null ? otherwise : localised(given[key], locale);
  const caption = text('caption', text('name', ''));
  return {
    caption,
    title: text('title', caption),
    action: textOf(given.action),
    form: given.settings === undefined ? null : textOf(given.settings),
    confirmText: given.confirmText === false ? null : text('confirmText', 'Are you sure?'),
    loadingText: text('loadingText', 'Applying...'),
    successText: text('successText', ''),
    submitText: text('submitButtonText', 'Apply'),
    submitUnchanged: booleanOf(given.submitUnchanged, false),
    href: given.href === undefined ? null : textOf(given.href),
    inMenu,
  };
}

/** The buttons of a card, then the entries of its menu. */
export function buttonsOf(manifest: Manifest, locale: string): Button[] {
  const { buttons, menu } = manifest.document;
  return [
    ...list(buttons).map((one) => buttonOf(one, false, locale)),
    ...list(menu).map((one) => buttonOf(one, true, locale)),
  ];
}

/** How a manifest shows itself on the marketplace and on its card. */
export async function face(engine: Engine, manifest: Manifest, installation: Installation): Promise<Face> {
  const { description, logo, categories, permanent } = manifest.document;
  const parts =
    isMapping(description) && ('text' in description || 'short' in description) ? description : { text: description };
  const text = parts.text === undefined ? '' : await shownText(parts.text, engine, installation, 'description');
  return {
    text,
    short: parts.short === undefined ? text : await shownText(parts.short, engine, installation, 'description'),
    logo: typeof logo === 'string' ? (addressOf(logo, manifest.baseUrl) ?? logo) : null,
    categories: list(categories).map(textOf),
    permanent: booleanOf(permanent, false),
    buttons: buttonsOf(manifest, engine.options.locale),
  };
}
