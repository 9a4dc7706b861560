// The gallery and the pages of named queries: a filter, suggestions of short names, snippets to copy. All work without.
"use strict";

/** Shows only the questions that have every word typed, and the subjects that have such a question. */
function filterQuestions(box) {
  const input = box.querySelector("input"), told = box.querySelector("[role=status]");
  const entries = [...document.querySelectorAll(".questions > li")].map((line) => [line, line.textContent.toLowerCase().replace(/[-_\s]+/g, " ")]);
  box.hidden = false;
  input.addEventListener("input", () => {
    const words = input.value.toLowerCase().split(/[-_\s]+/).filter(Boolean);
    let shown = 0;
    for (const [line, text] of entries) {
      line.hidden = !words.every((word) => text.includes(word));
      shown += line.hidden ? 0 : 1;
    }
    for (const section of document.querySelectorAll(".subject")) {
      section.hidden = !section.querySelector(".questions > li:not([hidden])");
    }
    told.textContent = words.length === 0 ? "" : shown ? box.dataset.some.replace("#", shown) : box.dataset.none;
  });
}

/** Suggests things by name below a field, and puts the short name of the one that is chosen into it. */
function suggestThings(input) {
  const list = document.createElement("ul"), told = document.createElement("span");
  list.className = "suggestions";
  list.id = `${input.id}-things`;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", input.dataset.list);
  list.hidden = true;
  told.className = "unseen";
  told.setAttribute("role", "status");
  input.after(list, told);
  for (const [name, value] of Object.entries({ role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": list.id })) {
    input.setAttribute(name, value);
  }
  let chosen = -1, number = 0, timer = 0, found = [];

  function close() {
    number += 1;
    list.hidden = true;
    chosen = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  }

  function move(next) {
    chosen = (next + found.length) % found.length;
    [...list.children].forEach((line, at) => line.setAttribute("aria-selected", String(at === chosen)));
    list.children[chosen].scrollIntoView({ block: "nearest" });
    input.setAttribute("aria-activedescendant", list.children[chosen].id);
  }

  function take(at) {
    input.value = found[at].name;
    clearTimeout(timer);
    close();
  }

  function show(suggestions) {
    found = suggestions;
    list.replaceChildren(...found.map((each, at) => {
      const line = document.createElement("li"), kind = document.createElement("span");
      line.id = `${list.id}-${at}`;
      line.setAttribute("role", "option");
      line.setAttribute("aria-selected", "false");
      kind.className = "note";
      kind.textContent = ` ${each.name}`;
      line.append(each.label, kind);
      line.addEventListener("mousedown", (event) => { event.preventDefault(); take(at); });
      return line;
    }));
    chosen = -1;
    list.hidden = found.length === 0;
    input.setAttribute("aria-expanded", String(!list.hidden));
    told.textContent = found.length === 1 ? input.dataset.one : input.dataset.many.replace("#", found.length);
  }

  async function ask() {
    const words = input.value.trim(), mine = ++number;
    if (words.length < 2) { close(); return; }
    const fields = new URLSearchParams({ q: words.replace(/^[a-z-]+\//, "").replaceAll("-", " ") || words });
    if (input.dataset.things) fields.set("type", input.dataset.things);
    const reply = await fetch(`/suggest?${fields}`, { headers: { Accept: "application/json" } });
    if (reply.ok && mine === number) show((await reply.json()).suggestions);
  }

  input.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(ask, 120); });
  input.addEventListener("blur", close);
  input.addEventListener("keydown", (event) => {
    if (event.key === "Escape") close();
    if (list.hidden) return;
    if (event.key === "ArrowDown") { event.preventDefault(); move(chosen + 1); }
    if (event.key === "ArrowUp") { event.preventDefault(); move(chosen < 0 ? -1 : chosen - 1); }
    if (event.key === "Enter" && chosen >= 0) { event.preventDefault(); take(chosen); }
  });
}

/** Puts the address by which the server was reached into a text, and a button above it that copies the text. */
function offerCopy(text) {
  if (text.dataset.server) text.textContent = text.textContent.replaceAll(text.dataset.server, window.location.origin);
  const button = document.createElement("button"), told = document.createElement("span");
  button.type = "button";
  button.className = "quiet-button copy";
  button.textContent = text.dataset.copy;
  const heading = text.previousElementSibling;
  if (heading && heading.id) button.setAttribute("aria-describedby", heading.id);
  told.className = "note";
  told.setAttribute("role", "status");
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(text.textContent);
      told.textContent = text.dataset.copied;
    } catch {
      window.getSelection().selectAllChildren(text); // no clipboard here: the text is marked, to be copied by hand
    }
  });
  text.before(button, " ", told);
}

document.querySelectorAll("#filter-questions").forEach(filterQuestions);
document.querySelectorAll("input[data-things]").forEach(suggestThings);
document.querySelectorAll(".snippet").forEach(offerCopy);
