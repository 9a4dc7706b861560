// Opens things in place, moves between them by keys, and tells the links of the one in focus; without it, links do.
// site.js is loaded before.
"use strict";

const explorer = document.getElementById("explorer");
if (explorer) enliven();
suggestThings(document.getElementById("thing"));

function enliven() {
  const nodes = () => [...explorer.querySelectorAll(".graph a")];
  let asked = 0;
  tellKeys();

  /** Load the page of a state, and show its picture and tables in place of these. */
  async function go(address, focused) {
    const number = ++asked;
    explorer.setAttribute("aria-busy", "true");
    try {
      const reply = await fetch(address, { headers: { Accept: "text/html" } });
      if (!reply.ok) throw new Error(reply.statusText);
      const page = new DOMParser().parseFromString(await reply.text(), "text/html");
      if (number !== asked) return;
      swap(page, focused);
    } catch {
      window.location.assign(address);
    } finally {
      explorer.removeAttribute("aria-busy");
    }
  }

  /** Tell of the keys, which this script alone gives. */
  function tellKeys() {
    const how = document.getElementById("graph-how");
    how.textContent = how.dataset.keys;
  }

  function swap(page, focused) {
    document.getElementById("told").textContent = page.getElementById("told").textContent;
    const scrolled = explorer.querySelector(".picture"), at = [scrolled.scrollLeft, scrolled.scrollTop];
    explorer.replaceChildren(...page.getElementById("explorer").childNodes);
    tellKeys();
    const again = explorer.querySelector(".picture");
    [again.scrollLeft, again.scrollTop] = at;
    const hidden = [...page.querySelectorAll("input[name=expand]")], form = document.getElementById("thing").form;
    form.querySelectorAll("input[name=expand]").forEach((input) => input.remove());
    form.append(...hidden);
    const node = document.getElementById(focused) || [...nodes(), ...explorer.querySelectorAll(".outline a")].find((each) => each.getClientRects().length);
    if (!node) return;
    node.focus({ preventScroll: true });
    node.scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  const plain = (link) => link.getAttribute("href").split("#")[0];

  explorer.addEventListener("click", (event) => {
    const link = event.target.closest(".graph a, .outline a");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    history.pushState({ focused: link.id }, "", plain(link));
    go(plain(link), link.id);
  });
  window.addEventListener("popstate", (event) => go(window.location.pathname + window.location.search, event.state && event.state.focused));

  explorer.addEventListener("keydown", (event) => {
    const link = event.target.closest(".graph a");
    if (!link || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    const all = nodes(), at = all.indexOf(link);
    const moves = {
      ArrowDown: () => all[at + 1], ArrowUp: () => all[at - 1], Home: () => all[0], End: () => all[all.length - 1],
      ArrowLeft: () => document.getElementById(link.dataset.parent),
      ArrowRight: () => all.find((each) => each.dataset.parent === link.id),
      Escape: () => explorer.querySelector(".details h3"),
    };
    if (!moves[event.key]) return;
    event.preventDefault();
    const next = moves[event.key]();
    if (next) next.focus();
  });

  /** Tell the links of the thing in focus below the picture: the rows of the table that name it. */
  explorer.addEventListener("focusin", (event) => {
    const link = event.target.closest(".graph a.node");
    if (!link) return;
    const panel = explorer.querySelector(".details"), table = panel.querySelector("table"), links = document.getElementById("links");
    const rows = [...links.tBodies[0].rows].filter((row) => row.dataset.ends.split(" ").includes(link.id));
    const body = document.createElement("tbody");
    body.append(...rows.map((row) => row.cloneNode(true)));
    table.replaceChildren(links.tHead.cloneNode(true), body);
    panel.querySelector("h3 span").textContent = link.dataset.name;
    panel.querySelector("[data-to=page]").href = link.dataset.page;
    panel.querySelector("[data-to=here]").href = link.dataset.here;
    panel.hidden = false;
  });
}

/** Suggest things by name below the field; the short name of the one that is chosen is sent. */
function suggestThings(input) {
  if (input.dataset.short) input.value = input.dataset.short; // without this script, the field may send the label
  suggestBelow(input, {
    name: input.dataset.list,
    address: (words) => `/suggest?q=${encodeURIComponent(words)}`,
    beside: toldApart,
    inWords: (count) => input.dataset.count.replace("{count}", count),
    take: nameThings(input),
  });
}
