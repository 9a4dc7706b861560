// The gallery and the pages of named queries: a filter, suggestions of short names, snippets to copy. All work without; site.js is loaded before.
"use strict";

/** Shows only the questions that have every word typed, in their text or among the terms they tell of, and their subjects. */
function filterQuestions(box) {
  const input = box.querySelector("input"), told = box.querySelector("[role=status]");
  const terms = JSON.parse(box.dataset.terms), plain = (text) => text.toLowerCase().replace(/[-_\s]+/g, " ");
  const entries = [...document.querySelectorAll(".questions > li")].map((line) => {
    const tells = (line.dataset.tells || "").split(" ").map((name) => terms[name] || "");
    return [line, plain([line.textContent, line.closest(".subject").querySelector("h2").textContent, ...tells].join(" "))];
  });
  const chips = new Map([...document.querySelectorAll(".subject h2")].map((heading) => [heading.parentElement, document.querySelector(`a[href="#${heading.id}"]`).parentElement]));
  box.hidden = false;
  input.addEventListener("input", () => {
    const words = input.value.toLowerCase().split(/[-_\s]+/).filter(Boolean);
    let shown = 0;
    for (const [line, text] of entries) {
      line.hidden = !words.every((word) => text.includes(word));
      shown += line.hidden ? 0 : 1;
    }
    for (const section of document.querySelectorAll(".subject")) {
      const left = section.querySelectorAll(".questions > li:not([hidden])").length;
      section.hidden = chips.get(section).hidden = left === 0;
      chips.get(section).querySelector(".note").textContent = left;
    }
    told.textContent = words.length === 0 ? "" : shown ? box.dataset.some.replace("#", shown) : box.dataset.none;
  });
}

/** Suggests things by name below a field; the short name of the one that is chosen is sent. */
function suggestThings(input) {
  const take = nameThings(input);
  suggestBelow(input, {
    name: input.dataset.list,
    address: (words) => {
      const fields = new URLSearchParams({ q: words.replace(/^[a-z-]+\//, "").replaceAll("-", " ") || words });
      if (input.dataset.things) fields.set("type", input.dataset.things);
      return `/suggest?${fields}`;
    },
    beside: toldApart,
    inWords: (count) => (count === 1 ? input.dataset.one : input.dataset.many.replace("#", count)),
    take,
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

document.querySelectorAll("[data-when-cut]").forEach((hint) => {
  const table = hint.nextElementSibling;
  hint.hidden = table.scrollWidth <= table.clientWidth;
});
