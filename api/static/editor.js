// The editor of the SPARQL form: completion by keyboard, the place of a mistake, queries kept in this browser.
// The form is a plain one without it. Tab is never caught: it goes on to the next field, as everywhere.
"use strict";

const MOST_SHOWN = 10; // all are seen without scrolling
const WORD = /(?:[?$][A-Za-z0-9_]*|[A-Za-z][A-Za-z0-9_-]*:[A-Za-z0-9_-]*|[A-Za-z][A-Za-z0-9_-]*)$/;
const KEPT = "probation-kg-queries";

/** Returns what to suggest for the word before the caret, the likeliest first: [text, label, kind, definition]. */
function matches(word, query, known, words) {
  const wanted = word.toLowerCase();
  if (/^[?$]/.test(word)) {
    const used = new Set(query.match(/[?$][A-Za-z0-9_]+/g));
    return [...used].filter((each) => each.toLowerCase().startsWith(wanted) && each !== word).sort().map((each) => [each, "", words.variable, ""]);
  }
  const local = wanted.split(":").pop(), prefix = wanted.includes(":") ? wanted.slice(0, wanted.indexOf(":") + 1) : "";
  const rank = ([name, , label]) => {
    const own = name.slice(name.indexOf(":") + 1).toLowerCase();
    if (prefix && !name.toLowerCase().startsWith(prefix)) return -1;
    if (own === local) return 0;
    if (own.startsWith(local)) return 1;
    if (label.toLowerCase().startsWith(local)) return 2;
    return own.includes(local) || label.toLowerCase().includes(local) ? 3 : -1;
  };
  const terms = known.terms.map((term) => [rank(term), term]).filter(([at]) => at >= 0).sort((one, other) => one[0] - other[0])
    .map(([, [name, kind, label, told]]) => [name, label, words[kind], told]);
  const prefixes = prefix ? [] : Object.keys(known.prefixes).filter((each) => each.startsWith(wanted)).map((each) => [`${each}:`, known.prefixes[each], words.prefix, ""]);
  return [...prefixes, ...terms];
}

/** Completion below the caret of a text area. */
function complete(area) {
  const words = area.dataset, list = document.createElement("ul"), told = document.createElement("span"), frame = document.createElement("span");
  frame.className = "editor";
  area.before(frame);
  list.className = "suggestions";
  list.id = "query-suggestions";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", words.list);
  list.hidden = true;
  told.className = "unseen";
  told.setAttribute("role", "status");
  frame.append(area, list, told);
  area.wrap = "off";
  const keys = document.getElementById("keys");
  keys.hidden = false;
  area.setAttribute("aria-describedby", `${area.getAttribute("aria-describedby") || ""} keys`.trim());
  area.setAttribute("aria-autocomplete", "list");
  area.setAttribute("aria-controls", list.id);
  let known = null, found = [], chosen = -1, start = 0;

  const terms = async () => {
    known ??= fetch(words.terms, { headers: { Accept: "application/json" } }).then((reply) => (reply.ok ? reply.json() : null)).catch(() => null);
    return known;
  };

  function close() {
    list.hidden = true;
    found = [];
    chosen = -1;
    area.removeAttribute("aria-activedescendant");
  }

  function move(next) {
    chosen = (next + found.length) % found.length;
    [...list.children].forEach((line, at) => line.setAttribute("aria-selected", String(at === chosen)));
    area.setAttribute("aria-activedescendant", list.children[chosen].id);
  }

  /** Puts the list below the line of the caret; the letters of the text area are all of one width. */
  function place() {
    const style = getComputedStyle(area), before = area.value.slice(0, start), line = before.split("\n").length;
    const pencil = document.createElement("canvas").getContext("2d");
    pencil.font = `${style.fontSize} ${style.fontFamily}`;
    const left = (start - before.lastIndexOf("\n") - 1) * pencil.measureText("0").width - area.scrollLeft;
    const height = parseFloat(style.lineHeight) || 1.5 * parseFloat(style.fontSize);
    list.style.top = `${Math.min(area.offsetHeight, Math.max(0, line * height - area.scrollTop + 10))}px`;
    list.style.left = `${Math.max(0, Math.min(left, frame.clientWidth - list.offsetWidth))}px`;
  }

  function show(suggestions) {
    found = suggestions.slice(0, MOST_SHOWN);
    chosen = -1;
    area.removeAttribute("aria-activedescendant");
    list.replaceChildren(...found.map(([text, label, kind, definition], at) => {
      const line = document.createElement("li"), name = document.createElement("code"), more = document.createElement("span");
      line.id = `${list.id}-${at}`;
      line.setAttribute("role", "option");
      line.setAttribute("aria-selected", "false");
      name.textContent = text;
      more.className = "note";
      more.textContent = ` ${[label, kind].filter(Boolean).join(", ")}${definition ? `. ${definition}` : ""}`;
      line.append(name, more);
      line.addEventListener("mousedown", (event) => { event.preventDefault(); take(at); });
      return line;
    }));
    list.hidden = found.length === 0;
    if (found.length) place();
    told.textContent = found.length === 1 ? words.one : found.length ? words.many.replace("#", found.length) : words.none;
  }

  function put(from, to, text) {
    area.setSelectionRange(from, to);
    if (!document.execCommand("insertText", false, text)) area.setRangeText(text, from, to, "end"); // the first can be undone
  }

  /** Takes a suggestion; a prefix that the query does not declare yet is declared at its beginning. */
  async function take(at) {
    const text = found[at][0], from = start, to = area.selectionStart, prefix = text.slice(0, text.indexOf(":"));
    const { prefixes } = (await terms()) || { prefixes: {} };
    const line = area.value.slice(0, from);
    close();
    if (/\bPREFIX\s+$/i.test(line)) {
      put(from, to, `${prefix}: <${prefixes[prefix]}>\n`);
    } else {
      put(from, to, text);
      const declared = new RegExp(`\\bPREFIX\\s+${prefix}:`, "i");
      if (prefixes[prefix] && !declared.test(area.value)) {
        const caret = area.selectionStart, declaration = `PREFIX ${prefix}: <${prefixes[prefix]}>\n`;
        put(0, 0, declaration);
        area.setSelectionRange(caret + declaration.length, caret + declaration.length);
      }
    }
    close();
  }

  async function suggest(asked) {
    const caret = area.selectionStart, before = area.value.slice(0, caret);
    const line = before.slice(before.lastIndexOf("\n") + 1);
    const word = (WORD.exec(line) || [""])[0];
    const aside = /(^|\s)#|<[^>\s]*$/.test(line) || (line.split('"').length % 2 === 0);
    if (aside || (!asked && word.length < (/[?$:]/.test(word) ? 1 : 2)) || area.selectionEnd !== caret) { close(); return; }
    const all = await terms();
    if (!all || caret !== area.selectionStart || document.activeElement !== area) return;
    start = caret - word.length;
    const suggestions = matches(word, area.value, all, words);
    if (!asked && suggestions.some(([text]) => text === word)) { close(); return; }
    show(suggestions);
  }

  area.addEventListener("input", () => suggest(false));
  area.addEventListener("blur", close);
  area.addEventListener("click", close);
  area.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) { event.preventDefault(); area.form.requestSubmit(); return; }
    if (event.key === " " && event.ctrlKey) { event.preventDefault(); suggest(true); return; }
    if (list.hidden) return;
    if (event.key === "Escape") { event.preventDefault(); close(); }
    else if (event.key === "ArrowDown") { event.preventDefault(); move(chosen + 1); }
    else if (event.key === "ArrowUp") { event.preventDefault(); move(chosen < 0 ? -1 : chosen - 1); }
    else if (event.key === "Enter" && chosen >= 0) { event.preventDefault(); take(chosen); }
    else if (["ArrowLeft", "ArrowRight", "Home", "End", "Enter"].includes(event.key)) close();
  });
}

/** Moves the caret to the place of a mistake and marks the rest of its line. */
function goTo(place, area) {
  const lines = area.value.split("\n"), line = Number(place.dataset.line) - 1;
  const begin = lines.slice(0, line).reduce((sum, each) => sum + each.length + 1, 0);
  const end = begin + (lines[line] || "").length, at = Math.min(begin + Number(place.dataset.column) - 1, end);
  const go = () => {
    area.focus();
    area.setSelectionRange(at < end ? at : begin, end);
    area.scrollTop = Math.max(0, line - 3) * (parseFloat(getComputedStyle(area).lineHeight) || 20);
  };
  place.addEventListener("click", (event) => { event.preventDefault(); go(); });
  go();
}

/** Queries kept in this browser under names. */
function keep(section, area) {
  const list = section.querySelector("ul"), none = section.querySelector("p.note"), form = section.querySelector("form");
  const told = form.querySelector("[role=status]");

  const read = () => {
    try { return Object.entries(JSON.parse(localStorage.getItem(KEPT)) || {}); } catch { return []; }
  };
  const write = (entries) => {
    try { localStorage.setItem(KEPT, JSON.stringify(Object.fromEntries(entries))); told.textContent = ""; } catch { told.textContent = section.dataset.full; }
    show();
  };

  function show() {
    const entries = read();
    none.hidden = entries.length > 0;
    list.replaceChildren(...entries.map(([name, query]) => {
      const line = document.createElement("li"), link = document.createElement("a"), button = document.createElement("button");
      link.href = `/sparql?${new URLSearchParams({ query })}`;
      link.textContent = name;
      button.type = "button";
      button.className = "quiet-button";
      button.textContent = section.dataset.remove.replace("#", name);
      button.addEventListener("click", () => { write(read().filter(([other]) => other !== name)); form.querySelector("input").focus(); });
      line.append(link, " ", button);
      return line;
    }));
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const input = form.querySelector("input"), name = input.value.trim();
    if (!name) return;
    write([...read().filter(([other]) => other !== name), [name, area.value]]);
    input.value = "";
  });
  section.hidden = false;
  show();
}

const area = document.querySelector("textarea[data-terms]");
if (area) {
  complete(area);
  const place = document.getElementById("place"), saved = document.getElementById("saved");
  if (place) goTo(place, area);
  if (saved) keep(saved, area);
}
