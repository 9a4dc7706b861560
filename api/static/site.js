// Makes pages quicker to use; every page works without it.
"use strict";

const NAMESPACE = "https://w3id.org/probation-kg/";

/** The page of a thing on this server, by its IRI. */
function pageOf(iri) {
  if (!iri.startsWith(NAMESPACE)) return iri;
  return `/${iri.slice(NAMESPACE.length)}`.replace(/^\/id\//, "/doc/");
}

/** Suggestions under a search box: an accessible combobox over the address in data-suggest. */
function suggest(input) {
  const list = document.createElement("ul"), told = document.createElement("span");
  list.className = "suggestions";
  list.id = `${input.id}-suggestions`;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", input.dataset.suggestions);
  list.hidden = true;
  told.className = "unseen";
  told.setAttribute("role", "status");
  input.after(list, told);
  input.type = "text"; // a search field may not be a combobox, and Escape would empty it
  for (const [name, value] of Object.entries({ role: "combobox", enterkeyhint: "search", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": list.id })) {
    input.setAttribute(name, value);
  }
  let chosen = -1, asked = 0, timer = 0, found = [];

  function close() {
    asked += 1; // an answer under way comes too late
    clearTimeout(timer);
    list.hidden = true;
    chosen = -1;
    told.textContent = "";
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  }

  function choose(next) {
    chosen = (next + found.length) % found.length;
    [...list.children].forEach((line, at) => line.setAttribute("aria-selected", String(at === chosen)));
    list.children[chosen].scrollIntoView({ block: "nearest" });
    input.setAttribute("aria-activedescendant", list.children[chosen].id);
  }

  function line(each, at) {
    const option = document.createElement("li"), kind = document.createElement("span");
    option.id = `${list.id}-${at}`;
    option.setAttribute("role", "option");
    option.setAttribute("aria-selected", "false");
    kind.className = "note";
    kind.textContent = ` ${each.class_label}`;
    option.append(each.label, kind);
    option.addEventListener("mousedown", (event) => { event.preventDefault(); window.location.assign(pageOf(each.iri)); });
    return option;
  }

  function show(suggestions) {
    found = suggestions;
    chosen = -1;
    list.replaceChildren(...found.map(line));
    list.hidden = found.length === 0;
    told.textContent = input.dataset.count.replace("{count}", found.length);
    input.setAttribute("aria-expanded", String(!list.hidden));
    input.removeAttribute("aria-activedescendant");
  }

  async function ask() {
    const words = input.value.trim(), number = ++asked;
    if (words.length < 2) { close(); return; }
    try {
      const reply = await fetch(`${input.dataset.suggest}?q=${encodeURIComponent(words)}`, { headers: { Accept: "application/json" } });
      const suggestions = reply.ok ? (await reply.json()).suggestions : [];
      if (number === asked) show(suggestions);
    } catch {
      if (number === asked) close(); // the server is out of reach: the form says so when it is sent
    }
  }

  input.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(ask, 120); });
  input.addEventListener("blur", close);
  input.addEventListener("keydown", (event) => {
    if (event.key === "Escape") { close(); return; }
    if (event.isComposing || event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key === "ArrowDown" && list.hidden) { event.preventDefault(); ask(); return; }
    if (list.hidden) return;
    if (event.key === "ArrowDown") { event.preventDefault(); choose(chosen + 1); }
    if (event.key === "ArrowUp") { event.preventDefault(); choose(chosen < 0 ? found.length - 1 : chosen - 1); }
    if (event.key === "Enter" && chosen >= 0) { event.preventDefault(); window.location.assign(pageOf(found[chosen].iri)); }
  });
}

document.querySelectorAll("input[data-suggest]").forEach(suggest);
