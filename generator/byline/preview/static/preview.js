// The only thing in a previewed page that a build does not write: it loads the page again when it has changed,
// and shows problems, the page's file and the reasons of its credits in a panel of its own.
(() => {
  "use strict";
  const own = "/_byline/";
  const script = document.currentScript;
  const facts = script.dataset;
  let served = document.cloneNode(true); // before any other script has changed it
  const empty = document.body ? "bylineEmpty" in document.body.dataset : false;
  const store = (name, value) => {
    try {
      if (value === undefined) return sessionStorage.getItem(`byline ${name}`);
      if (value === null) return sessionStorage.removeItem(`byline ${name}`);
      return sessionStorage.setItem(`byline ${name}`, value);
    } catch {
      return null; // a browser that keeps nothing
    }
  };
  const make = (tag, text, attributes = {}) => {
    const element = document.createElement(tag);
    if (text) element.textContent = text;
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    return element;
  };
  const ask = async (what, values) => {
    const answer = await fetch(`${own}${what}?${new URLSearchParams(values)}`);
    if (!answer.ok) throw new Error(answer.statusText);
    return answer.json();
  };

  // The panel

  const host = make("byline-preview");
  const root = host.attachShadow({ mode: "open" });
  const toggle = make("button", "…", { type: "button", "aria-expanded": "false", "aria-controls": "panel" });
  const panel = make("section", "", { id: "panel", tabindex: "-1" });
  const live = make("p", "", { role: "status" });
  const reason = make("button", "?", { type: "button", class: "reason", hidden: "" });
  panel.hidden = true;
  root.append(make("link", "", { rel: "stylesheet", href: `${own}preview.css` }), panel, live, toggle, reason);
  let words = {};
  let shown = null;
  let working = false;
  let socket = null;

  const open = (wanted) => {
    panel.hidden = !wanted;
    toggle.setAttribute("aria-expanded", String(wanted));
    store("open", wanted ? "1" : "0");
  };
  toggle.addEventListener("click", () => open(panel.hidden));
  root.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !panel.hidden) {
      open(false);
      toggle.focus();
    }
  });

  const status = () => {
    if (!shown) return;
    const stale = facts.stale === "1" || !shown.sound;
    live.textContent = working ? words.working : shown.total && stale && facts.digest ? words.stale : "";
    host.toggleAttribute("data-working", working);
  };

  const problem = (one) => {
    const item = make("li", "", { class: one.severity });
    const at = (where) => (where.line ? `${where.path}:${where.line}:${where.column}` : where.path);
    item.append(make("code", at(one)), make("strong", `${one.severity}[${one.code}]`), make("span", one.message));
    if (one.excerpt) {
      const excerpt = make("pre");
      const letters = [...one.excerpt]; // counted as Python does
      const start = one.excerpt_column - 1;
      excerpt.append(letters.slice(0, start).join(""));
      excerpt.append(make("mark", letters.slice(start, start + one.length).join("") || " "));
      excerpt.append(letters.slice(start + one.length).join(""));
      item.append(excerpt);
    }
    if (one.hint) item.append(make("em", one.hint));
    for (const other of one.related) item.append(make("small", `${at(other)} ${other.message}`));
    return item;
  };

  const listed = (title, problems) => {
    if (!problems.length) return [];
    const list = make("ul", "", { class: "problems" });
    list.append(...problems.map(problem));
    return [make("h2", title), list];
  };

  const address = (link) => {
    try {
      const path = decodeURIComponent(link.pathname);
      return link.origin === location.origin && path.startsWith(shown.base) ? path.slice(shown.base.length) : null;
    } catch {
      return null; // not every address is UTF-8
    }
  };

  const credit = (element) => {
    if (element.matches("a[href]")) {
      const path = address(element);
      const person = path !== null && /^contributors\/[^/]+\/$/.test(path);
      const work = path !== null && /^contributors\/[^/]+\/$/.test(facts.path) && /^(records|episodes)\/./.test(path);
      return person || work ? path : null;
    }
    return element.textContent;
  };
  const credits = () => {
    const found = new Map();
    for (const element of document.querySelectorAll("main a[href], main span.who")) {
      const about = credit(element);
      if (about && about !== facts.path && !found.has(about)) found.set(about, element.textContent.trim());
    }
    return found;
  };

  const explain = async (about, into) => {
    const lines = await ask("why", { path: facts.path, about });
    into.replaceChildren(...(lines.length ? lines : [words.nothing]).map((line) => make("li", line)));
  };

  const draw = () => {
    const parts = [];
    const early = shown.hidden[facts.path];
    const mark = early === undefined ? "" : early ? `${words.embargo} ${early}` : words.draft;
    if (mark) parts.push(make("p", mark, { class: "early" }));
    if (shown.source) {
      const edit = make("p", "", { class: "edit" });
      const place = shown.line ? `${shown.source}:${shown.line}` : shown.source;
      const button = make("button", words.edit, { type: "button" });
      button.addEventListener("click", () => {
        socket?.send(JSON.stringify({ command: "edit" }));
        navigator.clipboard?.writeText(place).then(() => { live.textContent = words.copied; }, () => {});
      });
      edit.append(button, " ", make("code", place));
      parts.push(edit);
    }
    if (empty) parts.push(make("p", words.empty, { class: "early" }));
    parts.push(...listed(words.here, shown.problems.slice(0, shown.here)));
    parts.push(...listed(shown.here ? words.elsewhere : words.problems, shown.problems.slice(shown.here)));
    if (shown.total > shown.problems.length) parts.push(make("p", `${shown.total}. ${words.more}`));
    if (!shown.total) parts.push(make("p", words.none));
    const people = credits();
    if (people.size) {
      const details = make("details");
      details.open = Boolean(panel.querySelector("details")?.open);
      const list = make("ul", "", { class: "credits" });
      details.append(make("summary", words.why), list);
      for (const [about, name] of people) {
        const item = make("li");
        const button = make("button", name, { type: "button", dir: "auto" });
        const lines = make("ul");
        button.addEventListener("click", () => explain(about, lines));
        item.append(button, lines);
        list.append(item);
      }
      parts.push(details);
    }
    const more = make("p");
    more.append(make("a", words.statistics, { href: own }));
    parts.push(more);
    const focused = panel.contains(root.activeElement);
    panel.replaceChildren(...parts);
    if (focused) panel.focus(); // what had it is gone
    panel.setAttribute("aria-label", words.preview);
    const problems = shown.total ? `${words.problems}: ${shown.total}` : "";
    toggle.textContent = [mark, problems].filter(Boolean).join(" · ") || words.preview;
    toggle.className = shown.errors ? "error" : shown.total || mark ? "warning" : "";
    host.lang = shown.language;
    status();
    marks();
  };

  const sheet = new CSSStyleSheet();
  sheet.replaceSync('a[data-byline-early]::after { content: " [" attr(data-byline-early) "]"; font-size: smaller }');
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
  const marks = () => {
    for (const link of document.querySelectorAll("a[href]")) {
      const early = shown.hidden[address(link)];
      if (early !== undefined) link.dataset.bylineEarly = early || words.draft;
      else link.removeAttribute("data-byline-early");
    }
  };

  const refresh = async () => {
    try {
      shown = await ask("panel", { path: facts.path });
    } catch {
      return; // the preview is about to say why
    }
    words = shown.words;
    draw();
  };

  // A credit under the pointer or the focus has a question mark beside it.
  const offer = (event) => {
    const element = event.target instanceof Element ? event.target.closest("main a[href], main span.who") : null;
    const about = shown && element ? credit(element) : null;
    if (!about) return;
    const box = element.getBoundingClientRect();
    reason.hidden = false;
    reason.title = words.why;
    reason.setAttribute("aria-label", `${words.why} ${element.textContent.trim()}`);
    reason.style.left = `${Math.min(box.right + 2, innerWidth - 28)}px`;
    reason.style.top = `${Math.max(0, box.top - 4)}px`;
    reason.onclick = async () => {
      const lines = make("ul", "", { class: "reasons" });
      panel.querySelectorAll(".reasons, h2.asked").forEach((old) => old.remove());
      panel.prepend(make("h2", `${element.textContent.trim()}: ${words.why}`, { class: "asked" }), lines);
      open(true);
      await explain(about, lines);
      panel.focus();
    };
  };
  document.addEventListener("pointerover", offer);
  document.addEventListener("focusin", offer);
  document.addEventListener("scroll", () => { reason.hidden = true; }, { passive: true });

  // Changes

  const reload = () => {
    store("scroll", JSON.stringify([facts.path, scrollX, scrollY]));
    location.reload();
  };

  // Where only words have changed they are put into the page as it stands: three times as fast, and whatever
  // plays or is open stays so. What is replaced must still be what was served, and hold nothing that acts.
  const inert = new Set(
    ("A ABBR B BLOCKQUOTE BR CITE CODE DD DEL DIV DL DT EM FIGCAPTION FIGURE H1 H2 H3 H4 H5 H6 HR I IMG LI META OL P " +
      "PICTURE PRE Q S SMALL SOURCE SPAN STRONG SUB SUP TABLE TBODY TD TFOOT TH THEAD TIME TITLE TR U UL").split(" "),
  );
  const still = (node) =>
    node.nodeType === Node.TEXT_NODE ||
    (node.nodeType === Node.ELEMENT_NODE &&
      (inert.has(node.tagName) || node.type === "application/ld+json") &&
      [...node.children].every(still));
  const sameTag = (one, other) =>
    one.nodeType === Node.ELEMENT_NODE && one.cloneNode().isEqualNode(other.cloneNode());
  const differences = (was, will, is, found) => {
    if (was.isEqualNode(will)) return true;
    if (was.nodeType === Node.ELEMENT_NODE && "state" in was.dataset && "state" in (will.dataset || {})) return true;
    const [before, after, now] = [was, will, is].map((node) => [...node.childNodes]);
    if (sameTag(was, will) && before.length === after.length && before.length === now.length && before.length) {
      return before.every((node, at) => differences(node, after[at], now[at], found));
    }
    if (!still(was) || !still(will) || !is.isEqualNode(was)) return false;
    found.push([is, will]);
    return true;
  };
  const patch = async () => {
    const answer = await fetch(location.href);
    if (!answer.ok || answer.redirected) return false;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    const next = fresh.querySelector("script[data-state]");
    const found = [];
    const parts = ["head", "body"];
    if (!next || !parts.every((part) => differences(served[part], fresh[part], document[part], found))) return false;
    for (const [old, other] of found) old.replaceWith(document.importNode(other, true));
    Object.assign(facts, next.dataset);
    served = fresh;
    return true;
  };
  const renew = async () => {
    try {
      if (empty || !(await patch())) return reload();
      greet();
      if (shown) draw();
    } catch {
      reload();
    }
  };
  const plain = (href) => new URL(href, location).pathname.replace(/\.[0-9a-f]+\.css$/, ".css");
  const restyle = (hrefs, renewed) => {
    for (const link of document.querySelectorAll('link[rel="stylesheet"]')) {
      const path = new URL(link.href).pathname;
      const other = hrefs.find((href) => href !== path && plain(href) === plain(link.href));
      const again = renewed.includes(path) ? `${path}?${Date.now()}` : null;
      if (!other && !again) continue;
      const fresh = link.cloneNode();
      fresh.href = other || again;
      fresh.addEventListener("load", () => link.remove());
      link.after(fresh);
    }
  };
  const greet = () => socket.send(JSON.stringify({ command: "byline", ...facts }));
  const commands = {
    hello: () => greet(),
    reload: (said) => (said.whole ? reload() : renew()),
    byline: (said) => {
      if (said.styles) restyle(said.styles, said.renew);
      if (said.working !== undefined) {
        working = said.working;
        if (said.stale !== undefined) facts.stale = said.stale; // the same page may be stale, and not any more
        status();
        if (!working) refresh();
      }
    },
  };
  const connect = () => {
    socket = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}${own}livereload`);
    socket.onopen = () => {
      const protocols = ["http://livereload.com/protocols/official-7"];
      socket.send(JSON.stringify({ command: "hello", protocols }));
      live.textContent = "";
      status();
    };
    socket.onmessage = (event) => {
      const said = JSON.parse(event.data);
      commands[said.command]?.(said);
    };
    socket.onclose = () => {
      if (words.lost) live.textContent = words.lost;
      facts.state = ""; // whatever comes next is another preview
      setTimeout(connect, 1000);
    };
  };

  const start = async () => {
    document.documentElement.append(host);
    const [path, left, top] = JSON.parse(store("scroll") || "[]");
    store("scroll", null);
    if (path === facts.path && (scrollX !== left || scrollY !== top)) {
      scrollTo({ left, top, behavior: "instant" });
    }
    connect();
    await refresh();
    if (!shown) return;
    const wanted = store("open");
    open(wanted === "1" || empty || (wanted === null && shown.errors > 0));
  };
  start();
})();
