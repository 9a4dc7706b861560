// Makes pages quicker to use; every page works without it.
"use strict";

const NAMESPACE = "https://w3id.org/probation-kg/";

/** The page of a thing on this server, by its IRI. */
function pageOf(iri) {
  if (!iri.startsWith(NAMESPACE)) return iri;
  return `/${iri.slice(NAMESPACE.length)}`.replace(/^\/id\//, "/doc/");
}

/**
 * Suggestions below a field, as an accessible combobox. How they are made:
 * name: what the list is called;
 * address(words): where suggestions are asked for;
 * beside(each, all): what stands beside the label of a suggestion;
 * inWords(count): how many there are;
 * take(each): what follows when one is chosen.
 */
function suggestBelow(input, { name, address, beside, inWords, take }) {
  const list = document.createElement("ul"), told = document.createElement("span");
  list.className = "suggestions";
  list.id = `${input.id}-suggestions`;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", name);
  list.hidden = true;
  told.className = "unseen";
  told.setAttribute("role", "status");
  input.after(list, told);
  for (const [attribute, value] of Object.entries({ role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": list.id })) {
    input.setAttribute(attribute, value);
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
    kind.textContent = ` ${beside(each, found)}`;
    option.append(each.label, kind);
    option.addEventListener("mousedown", (event) => { event.preventDefault(); close(); take(each); });
    return option;
  }

  function show(suggestions) {
    found = suggestions;
    chosen = -1;
    list.replaceChildren(...found.map(line));
    list.hidden = found.length === 0;
    told.textContent = inWords(found.length);
    input.setAttribute("aria-expanded", String(!list.hidden));
    input.removeAttribute("aria-activedescendant");
  }

  async function ask() {
    const words = input.value.trim(), number = ++asked;
    if (words.length < 2) { close(); return; }
    try {
      const reply = await fetch(address(words), { headers: { Accept: "application/json" } });
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
    if (event.key === "Enter" && chosen >= 0) { const each = found[chosen]; event.preventDefault(); close(); take(each); }
  });
}

/** What a suggestion is, with its short name where another of the same name and kind is suggested, too. */
function toldApart(each, all) {
  const alike = all.filter((other) => other.label === each.label && other.class_label === each.class_label);
  return alike.length > 1 ? `${each.class_label} ${each.name}` : each.class_label;
}

/** Shows the name of a thing in a field whose form sends the short name; returns what puts another thing into it. */
function nameThings(input) {
  const shortNames = new Map();
  const put = (label, name) => { shortNames.set(label, name); input.value = label; };
  if (input.dataset.label) put(input.dataset.label, input.value);
  input.form.addEventListener("formdata", (event) => {
    const name = shortNames.get(event.formData.get(input.name));
    if (name) event.formData.set(input.name, name);
  });
  return (each) => put(each.label, each.name);
}

/** Suggests things below a search box; the one that is chosen opens. */
function suggestPages(input) {
  input.type = "text"; // a search field may not be a combobox, and Escape would empty it
  input.enterKeyHint = "search";
  suggestBelow(input, {
    name: input.dataset.suggestions,
    address: (words) => `${input.dataset.suggest}?q=${encodeURIComponent(words)}`,
    beside: (each) => each.class_label,
    inWords: (count) => input.dataset.count.replace("{count}", count),
    take: (each) => window.location.assign(pageOf(each.iri)),
  });
}

document.querySelectorAll("input[data-suggest]").forEach(suggestPages);
