/** Milliseconds between two updates of the page. */
const UPDATE_EVERY = 5000;

/**
 * The script of the page: times go on by the second, and the page is fetched again and again. Only what differs is
 * changed, so that focus, selection and scroll stay. Nothing is lost without it.
 */
export const script = `
(() => {
  const units = [['d', 86400], ['h', 3600], ['min', 60], ['s', 1]];
  function duration(seconds, isExact) {
    const whole = Math.max(0, Math.round(seconds));
    const first = units.findIndex(([, size]) => whole >= size);
    if (first < 0) return '0\\u00a0s';
    const [unit, size] = units[first];
    const text = Math.floor(whole / size) + '\\u00a0' + unit;
    const next = units[first + 1];
    const rest = next ? Math.floor((whole % size) / next[1]) : 0;
    return isExact && next && rest > 0 ? text + ' ' + rest + '\\u00a0' + next[0] : text;
  }
  let skew = 0;
  const setClock = (root) => { skew = Number(root.dataset.now) - Date.now() / 1000; };
  function tick() {
    const now = Date.now() / 1000 + skew;
    for (const time of document.querySelectorAll('[data-ago]'))
      setText(time, duration(now - Number(time.dataset.ago), false) + ' ago');
    for (const time of document.querySelectorAll('[data-in]')) {
      const left = Number(time.dataset.in) - now;
      setText(time, left < 0.5 ? 'now' : 'in ' + duration(left, true));
    }
  }
  function setText(element, text) {
    if (element.textContent !== text) element.textContent = text;
  }
  function takeAttributes(to, from) {
    for (const { name } of [...to.attributes]) if (!from.hasAttribute(name)) to.removeAttribute(name);
    for (const { name, value } of from.attributes)
      if (to.getAttribute(name) !== value) to.setAttribute(name, value);
  }
  function take(to, from) {
    if (to.isEqualNode(from)) return;
    takeAttributes(to, from);
    const fresh = [...from.childNodes];
    fresh.forEach((node, i) => {
      const known = node.id && [...to.children].find(({ id }) => id === node.id);
      if (known && known !== to.childNodes[i]) to.insertBefore(known, to.childNodes[i]);
      const old = to.childNodes[i];
      if (!old) to.append(document.adoptNode(node));
      else if (old.nodeName !== node.nodeName || (old.id ?? '') !== (node.id ?? ''))
        old.replaceWith(document.adoptNode(node));
      else if (node.nodeType === 1) take(old, node);
      else if (old.data !== node.data) old.data = node.data;
    });
    while (to.childNodes.length > fresh.length) to.lastChild.remove();
  }
  async function update() {
    const offline = document.getElementById('offline');
    try {
      const answer = await fetch(location.href, { cache: 'no-store', signal: AbortSignal.timeout(10000) });
      if (!answer.ok) throw new Error(answer.status);
      const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html');
      if (fresh.documentElement.dataset.version !== document.documentElement.dataset.version)
        return location.reload();
      setClock(fresh.documentElement);
      if (document.title !== fresh.title) document.title = fresh.title;
      const focused = document.activeElement;
      take(document.querySelector('main'), fresh.querySelector('main'));
      if (focused !== document.activeElement && focused?.isConnected) focused.focus({ preventScroll: true });
      offline.hidden = true;
    } catch {
      offline.hidden = false;
    }
    tick();
  }
  setClock(document.documentElement);
  setInterval(() => { if (!document.hidden) tick(); }, 1000);
  (async () => {
    for (;;) {
      await new Promise((resolve) => setTimeout(resolve, ${UPDATE_EVERY}));
      if (!document.hidden) await update();
    }
  })();
  document.addEventListener('visibilitychange', () => { if (!document.hidden) update(); });
})();
`;
