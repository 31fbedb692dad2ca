/** @typedef {string | number | boolean | null | undefined | ((event: Event) => void)} Attribute */
/** @typedef {Node | string | null | undefined | false} Child */

/**
 * Makes an element. Strings among the children become text, whatever they hold; a function is a listener for the event of that name.
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Readonly<Record<string, Attribute>>} [attributes]
 * @param {...Child} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'function') element.addEventListener(name, value);
    else if (value === true) element.setAttribute(name, '');
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, String(value));
  }
  element.append(...children.filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

let made = 0;

/** An id that no other element has. */
export function freshId() {
  made += 1;
  return `e${made}`;
}

/**
 * A button that is no submit button. Its key finds it again after its surroundings were drawn anew.
 * @param {string} caption
 * @param {(event: Event) => void} press
 * @param {Readonly<Record<string, Attribute>>} [attributes]
 */
export function button(caption, press, attributes = {}) {
  return make('button', { type: 'button', click: press, ...attributes }, caption);
}

/**
 * Does work that draws elements anew, and afterwards gives focus and open parts back to those with the same `data-key`.
 * @param {Element} container
 * @param {() => void} draw
 */
export function keepingPlace(container, draw) {
  const active = document.activeElement;
  const focused = active instanceof HTMLElement && container.contains(active) ? active.dataset.key : undefined;
  const open = [...container.querySelectorAll('details[open][data-key]')].map((part) => part.getAttribute('data-key'));
  draw();
  for (const part of container.querySelectorAll('details[data-key]')) {
    if (open.includes(part.getAttribute('data-key'))) part.setAttribute('open', '');
  }
  if (focused !== undefined && document.activeElement !== active) focusKey(focused);
}

/**
 * Focuses the element of this key, if there is one.
 * @param {string} key
 */
export function focusKey(key) {
  const found = document.querySelector(`[data-key="${CSS.escape(key)}"]`);
  if (found instanceof HTMLElement) found.focus();
}

/**
 * Keeps the children of a container equal to the items: only what has changed is drawn again.
 * @template Item
 * @param {Element} container
 * @param {(item: Item) => string} keyOf
 * @param {(item: Item) => Element} draw
 * @returns {(items: readonly Item[]) => void}
 */
export function createList(container, keyOf, draw) {
  /** @type {Map<string, { json: string, element: Element }>} */
  let drawn = new Map();
  return (items) => {
    keepingPlace(container, () => {
      /** @type {typeof drawn} */
      const next = new Map();
      for (const item of items) {
        const json = JSON.stringify(item);
        const known = drawn.get(keyOf(item));
        next.set(keyOf(item), known?.json === json ? known : { json, element: draw(item) });
      }
      const wanted = [...next.values()].map(({ element }) => element);
      for (const child of [...container.children]) if (!wanted.includes(child)) child.remove();
      // What stands in its place already is not moved, because moving takes the focus away.
      wanted.forEach((element, position) => {
        if (container.children[position] !== element)
          container.insertBefore(element, container.children[position] ?? null);
      });
      drawn = next;
    });
  };
}
