// Trees of works: branches fold, one work's way to the screen lights up, and a search finds works in the tree.
// Without this everything is there, unfolded.
(() => {
  const trees = [...document.querySelectorAll("ul.tree")];
  const rows = trees.flatMap((tree) => [...tree.querySelectorAll("li")]);
  const part = (row, selector) => row.querySelector(`:scope > .row ${selector}`);
  const name = (row) => part(row, "p > a, p > b").textContent;

  // The shortest way from a work down to one that was seen on screen, over all its sources.
  const results = new Map();
  for (const row of rows) {
    for (const number of (row.dataset.from || "").split(" ").filter(Boolean)) {
      const source = document.getElementById(row.id.replace(/\d+$/, number));
      results.set(source, [...(results.get(source) || []), row]);
    }
  }
  const way = (start) => {
    const before = new Map([[start, null]]);
    for (const row of before.keys()) {
      if (row.classList.contains("aired")) {
        const found = [];
        for (let at = row; at; at = before.get(at)) found.push(at);
        return found;
      }
      for (const next of results.get(row) || []) if (!before.has(next)) before.set(next, row);
    }
    return [];
  };
  let lit = [];
  const light = (event) => {
    const row = event.target.closest(".tree li");
    for (const other of lit) other.classList.remove("on");
    lit = row ? way(row) : [];
    for (const other of lit) other.classList.add("on");
  };
  for (const type of ["pointerover", "focusin", "click"]) document.addEventListener(type, light);

  // Branches fold.
  const button = document.getElementById("fold").content.firstElementChild;
  const buttons = new Map();
  const fold = (row, open) => {
    buttons.get(row).setAttribute("aria-expanded", String(open));
    row.querySelector(":scope > ul").hidden = !open;
  };
  for (const row of rows.filter((one) => one.querySelector(":scope > ul"))) {
    const made = button.cloneNode(true);
    const count = row.querySelectorAll("li").length;
    const words = { title: name(row), n: count };
    made.ariaLabel = made.ariaLabel.replace(/\{(title|n)\}/g, (_, word) => words[word]);
    made.append(` ${count}`);
    made.addEventListener("click", () => fold(row, made.getAttribute("aria-expanded") === "false"));
    part(row, "p").append(" ", made);
    buttons.set(row, made);
  }

  // What an address names is unfolded, and found whatever is searched.
  const unfold = (row) => {
    for (let at = row; at; at = at.parentElement.closest(".tree li")) if (buttons.has(at)) fold(at, true);
  };
  const show = () => {
    const row = location.hash && document.getElementById(location.hash.slice(1));
    if (!row || !rows.includes(row)) return;
    if (row.hidden) search("");
    unfold(row.parentElement.closest(".tree li"));
    row.scrollIntoView({ block: "center" });
  };
  addEventListener("hashchange", show);
  show();

  // Search: what does not fit, and holds nothing that fits, is hidden.
  const form = document.querySelector(".tree-search");
  if (!form) return;
  const field = form.querySelector("input");
  const output = form.querySelector("output");
  const plain = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  const texts = new Map(rows.map((row) => [row, plain(row.querySelector(":scope > .row").textContent)]));
  form.hidden = false;
  form.addEventListener("submit", (event) => event.preventDefault());
  const search = (text) => {
    if (field.value !== text) field.value = text;
    const wanted = plain(text.trim());
    const found = wanted ? rows.filter((row) => texts.get(row).includes(wanted)) : rows;
    const kept = new Set(found);
    for (const row of found) {
      for (let at = row; at; at = at.parentElement.closest(".tree li")) kept.add(at);
      if (wanted) unfold(row.parentElement.closest(".tree li"));
    }
    for (const row of rows) {
      row.hidden = !kept.has(row);
      row.classList.toggle("found", Boolean(wanted) && found.includes(row));
    }
    for (const tree of trees) tree.classList.toggle("filtering", Boolean(wanted));
    output.value = !wanted ? "" : found.length ? output.dataset.found.replace("{n}", found.length) : output.dataset.none;
  };
  field.addEventListener("input", () => search(field.value));
})();
