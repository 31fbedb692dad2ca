/** @typedef {'environments' | 'offers' | 'tasks' | 'mail' | 'runs'} Topic */

/** @type {Partial<Record<Topic, string>>} */
let revisions = {};
/** @type {Set<(changed: ReadonlySet<string>) => void>} */
const followers = new Set();
const source = new EventSource('/api/changes');

source.addEventListener('message', ({ data }) => {
  const next = JSON.parse(data);
  const changed = new Set(Object.keys(next).filter((topic) => next[topic] !== revisions[/** @type {Topic} */ (topic)]));
  revisions = next;
  if (changed.size > 0) for (const tell of followers) tell(changed);
});
source.addEventListener('open', () => showConnection(true));
source.addEventListener('error', () => showConnection(false));

/** @param {boolean} works */
function showConnection(works) {
  const banner = document.getElementById('connection');
  if (banner !== null) banner.hidden = works;
}

/**
 * Loads and shows something now and after each change of its topic, until the signal; never twice at once.
 * @template Loaded
 * @param {Topic} topic
 * @param {() => Promise<Loaded>} load
 * @param {(loaded: Loaded) => void} show
 * @param {AbortSignal} [signal]
 */
export function follow(topic, load, show, signal) {
  let loading = false;
  let stale = false;
  const refresh = async () => {
    stale = true;
    if (loading) return;
    loading = true;
    try {
      while (stale && !signal?.aborted) {
        stale = false;
        const loaded = await load();
        if (!signal?.aborted) show(loaded);
      }
    } catch {
      // The stream of changes breaks too then; its next message tells everything anew.
      revisions = {};
    } finally {
      loading = false;
    }
  };
  /** @param {ReadonlySet<string>} changed */
  const tell = (changed) => {
    if (changed.has(topic)) void refresh();
  };
  followers.add(tell);
  signal?.addEventListener('abort', () => followers.delete(tell));
  void refresh();
}
