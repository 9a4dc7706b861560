// Makes the picture one to explore. All words come from the data beside it and are set as text, never as HTML.
"use strict";
(() => {
  const byId = (id) => document.getElementById(id);
  const data = JSON.parse(byId("data").textContent);
  const drawing = byId("drawing");
  const world = byId("world");
  const steps = drawing.dataset.steps.split(" ").map(Number);
  const room = Number(drawing.dataset.room);
  const sheet = drawing.viewBox.baseVal;
  const nodes = data.nodes.map((node, number) => {
    const dot = byId(`d${number}`);
    const place = dot.transform.baseVal.consolidate().matrix;
    const name = plain(node.label);
    return { ...node, number, dot, name, x: place.e, y: place.f, row: byId(`n${number}`), edges: [], shown: true };
  });
  const edges = data.edges.map((edge, number) => ({ ...edge, number, path: byId(`l${number}`), row: byId(`e${number}`) }));
  for (const edge of edges) {
    nodes[edge.from].edges.push(edge);
    if (edge.to !== edge.from) nodes[edge.to].edges.push(edge);
  }
  const view = { scale: 1, x: 0, y: 0 };
  let chosen = null;
  let drawn = 0; // magnification at which marks and labels were last sized

  // Words

  function plain(text) {
    return text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
  }

  function element(name, text = "", ...children) {
    const made = document.createElement(name);
    if (text) made.textContent = text;
    made.append(...children);
    return made;
  }

  function linked([text, href]) {
    const words = element("bdi", text);
    if (!/^https?:\/\//i.test(href)) return words;
    const link = element("a", "", words);
    link.href = href;
    link.rel = "noopener noreferrer";
    return link;
  }

  function lines(cell) {
    return cell.flatMap((link, at) => (at ? [element("br"), linked(link)] : [linked(link)]));
  }

  // Details of the thing that was chosen

  function describe(node) {
    byId("chosen").replaceChildren(element("bdi", node.label));
    const list = element("dl");
    for (const [column, cell] of Object.entries(node.cells)) {
      list.append(element("dt", column), element("dd", "", ...lines(cell)));
    }
    const links = element("ul");
    links.append(...node.edges.filter((edge) => !edge.path.hasAttribute("hidden")).map((edge) => told(node, edge)));
    const close = element("button", "Close details");
    close.type = "button";
    close.addEventListener("click", release);
    byId("facts").replaceChildren(list, element("h3", `Links (${links.childElementCount})`), links, close);
  }

  function told(node, edge) {
    const outward = edge.from === node.number;
    const other = nodes[outward ? edge.to : edge.from];
    const button = element("button", "", element("bdi", other.label));
    button.type = "button";
    button.addEventListener("click", () => choose(other, { travel: true, focus: true }));
    const line = element("li");
    line.append(...(outward ? [edge.label, " ", button] : [button, " ", edge.label, " this"]));
    const more = Object.entries(edge.cells).map(([column, cell]) => element("small", `${column}: `, ...lines(cell)));
    line.append(element("div", "", ...more));
    return line;
  }

  function instructions() {
    const dated = byId("from") ? ", or give dates to see what was in force then" : "";
    byId("chosen").textContent = "Details";
    byId("facts").replaceChildren(
      element("p", `Choose a thing in the picture, or find one by name, to read about it here${dated}.`),
    );
  }

  // Choosing a thing, and closing its details

  function choose(node, { travel = false, focus = false } = {}) {
    if (!node.shown) everything();
    chosen = node;
    const near = new Set(node.edges.flatMap((edge) => [edge.from, edge.to]));
    for (const other of nodes) {
      other.dot.classList.toggle("chosen", other === node);
      other.dot.classList.toggle("near", other !== node && near.has(other.number));
      // Many neighbours would cover each other's labels: those keep to the step at which they fit.
      other.dot.classList.toggle("busy", near.size > 16 && other.dot.classList.contains("quiet"));
      other.dot.removeAttribute("aria-current");
    }
    for (const edge of edges) edge.path.classList.toggle("near", edge.from === node.number || edge.to === node.number);
    drawing.classList.add("picking");
    node.dot.setAttribute("aria-current", "true");
    rove(node);
    describe(node);
    if (travel) fit(nodes.filter((other) => other.shown && (other === node || near.has(other.number))));
    if (focus) byId("chosen").focus();
    near.delete(node.number);
    say(`${node.label}: ${near.size === 1 ? "1 linked thing" : `${near.size} linked things`}.`);
  }

  function release() {
    const held = drawing.contains(document.activeElement);
    chosen = null;
    drawing.classList.remove("picking");
    for (const node of nodes) node.dot.classList.remove("chosen", "near", "busy");
    for (const edge of edges) edge.path.classList.remove("near");
    for (const node of nodes) node.dot.removeAttribute("aria-current");
    instructions();
    tell();
    if (!held) drawing.focus({ preventScroll: true });
  }

  // One thing at a time is in the order of the Tab key; the arrow keys pass it on.
  function rove(node) {
    for (const other of nodes) other.dot.setAttribute("tabindex", other === node ? "0" : "-1");
  }

  function step(node, by) {
    const shown = nodes.filter((other) => other.shown);
    const at = shown.indexOf(node) + by;
    go(shown[(at + shown.length) % shown.length]);
  }

  function go(node) {
    if (!node) return;
    rove(node);
    node.dot.focus({ preventScroll: true });
    const size = frame();
    const [x, y] = [view.x + node.x * view.scale, view.y + node.y * view.scale];
    if (x < size.left || y < size.top || x > size.right || y > size.bottom) centre(node);
  }

  // Magnification and place

  // The part of the sheet's plane that the element shows: it may be wider or higher than the sheet.
  function frame() {
    const box = drawing.getBoundingClientRect();
    const unit = Math.min(box.width / sheet.width, box.height / sheet.height) || 1;
    const [width, height] = [box.width / unit, box.height / unit];
    const [left, top] = [(sheet.width - width) / 2, (sheet.height - height) / 2];
    return { unit, box, left, top, right: left + width, bottom: top + height };
  }

  function place() {
    const { unit } = frame();
    const real = view.scale * unit;
    world.setAttribute("transform", `translate(${view.x} ${view.y}) scale(${view.scale})`);
    if (real === drawn) return;
    drawn = real;
    drawing.style.setProperty("--s", 1 / real);
    // Where things lie close together their marks are small, and grow as they move apart.
    drawing.style.setProperty("--d", Math.min(1, Math.max(0.3, (room * real) / 60)));
    let last = steps.length - 1;
    while (last >= 0 && steps[last] > real * 1.02) last -= 1;
    for (const node of nodes) node.dot.classList.toggle("quiet", Number(node.dot.dataset.step) > last);
  }

  function zoom(factor, x = sheet.width / 2, y = sheet.height / 2) {
    const scale = Math.min(40, Math.max(0.4, view.scale * factor));
    view.x = x - ((x - view.x) * scale) / view.scale;
    view.y = y - ((y - view.y) * scale) / view.scale;
    view.scale = scale;
    place();
  }

  function centre(node) {
    view.scale = Math.max(view.scale, 1.5);
    view.x = sheet.width / 2 - node.x * view.scale;
    view.y = sheet.height / 2 - node.y * view.scale;
    place();
  }

  // Show some things as large as they fit.
  function fit(some) {
    const [xs, ys] = [some.map((node) => node.x), some.map((node) => node.y)];
    const [left, right, top, bottom] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
    const { unit } = frame();
    const room = (size, spread, margin) => Math.max(size - margin / unit, size / 4) / Math.max(spread, 1);
    const scale = Math.min(room(sheet.width, right - left, 220), room(sheet.height, bottom - top, 120), 12);
    view.scale = Math.max(scale, 0.4);
    view.x = sheet.width / 2 - ((left + right) / 2) * view.scale;
    view.y = sheet.height / 2 - ((top + bottom) / 2) * view.scale;
    place();
  }

  function whole() {
    Object.assign(view, { scale: 1, x: 0, y: 0 });
    place();
  }

  function pan(x, y) {
    view.x += x;
    view.y += y;
    place();
  }

  function onSheet(event) {
    const { unit, box, left, top } = frame();
    return [left + (event.clientX - box.left) / unit, top + (event.clientY - box.top) / unit];
  }

  // Mouse and touch

  const touching = new Map();
  let moved = 0;

  function press(event) {
    if (event.button) return;
    touching.set(event.pointerId, onSheet(event));
    if (touching.size === 1) moved = 0;
  }

  function drag(event) {
    const before = touching.get(event.pointerId);
    if (!before) return;
    const now = onSheet(event);
    const [x, y] = [now[0] - before[0], now[1] - before[1]];
    moved += Math.hypot(x, y) * frame().unit;
    if (moved > 4 && !drawing.hasPointerCapture(event.pointerId)) drawing.setPointerCapture(event.pointerId);
    touching.set(event.pointerId, now);
    const other = [...touching].find(([id]) => id !== event.pointerId)?.[1];
    if (!other) return pan(x, y);
    const apart = (from) => Math.hypot(from[0] - other[0], from[1] - other[1]) || 1;
    return zoom(apart(now) / apart(before), ...other);
  }

  function lift(event) {
    touching.delete(event.pointerId);
  }

  function click(event) {
    const dot = event.target.closest(".node");
    event.preventDefault();
    if (moved > 4) moved = 0;
    else if (dot) choose(nodes[Number(dot.id.slice(1))]);
    else if (chosen) release();
  }

  function wheel(event) {
    if (!event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    zoom(Math.exp(-event.deltaY / 300), ...onSheet(event));
  }

  // Keyboard

  const PAN = { ArrowLeft: [60, 0], ArrowRight: [-60, 0], ArrowUp: [0, 60], ArrowDown: [0, -60] };
  const ZOOM = { "+": 1.3, "=": 1.3, "-": 1 / 1.3, _: 1 / 1.3 };
  const STEP = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 };

  function key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const node = event.target.closest(".node") && nodes[Number(event.target.closest(".node").id.slice(1))];
    const shown = nodes.filter((other) => other.shown);
    if (event.key in ZOOM) zoom(ZOOM[event.key]);
    else if (event.key === "0") whole();
    else if (event.key === "Escape" && chosen) release();
    else if (!node && event.key in PAN) pan(...PAN[event.key]);
    else if (node && event.key in STEP) step(node, STEP[event.key]);
    else if (node && event.key === "Home") go(shown[0]);
    else if (node && event.key === "End") go(shown.at(-1));
    else if (node && event.key === " ") choose(node);
    else return;
    event.preventDefault();
  }

  // Filters

  // First or last day of what was written: a year, a month or a day, in British order or as in the data.
  function day(id) {
    const written = byId(id)?.value.trim().replace(/[\s.\-]+/g, "/") ?? "";
    const found = /^(?:(?:(\d\d?)\/)?(\d\d?)\/)?(\d{4})$/.exec(written);
    const [, year, month, first] = /^(\d{4})\/(\d\d?)(?:\/(\d\d?))?$/.exec(written) ?? [null, found?.[3], found?.[2], found?.[1]];
    const wrong = Boolean(written) && (!year || Number(month ?? 1) > 12 || Number(first ?? 1) > 31);
    byId(id)?.setAttribute("aria-invalid", String(wrong));
    if (!written || wrong) return { wrong };
    const rest = id === "from" ? ["01", "01"] : ["12", "31"];
    return { day: [year, (month ?? rest[0]).padStart(2, "0"), (first ?? rest[1]).padStart(2, "0")].join("-") };
  }

  function during({ start, end }, { from, to }) {
    return (!from || !end || end >= from) && (!to || !start || start <= to);
  }

  function filter() {
    const off = new Set([...document.querySelectorAll(".legend input:not(:checked)")].map((box) => box.value));
    const [first, last] = [day("from"), day("to")];
    if (first.wrong || last.wrong) return say("Write a date as a year, 6/2021 or 26/6/2021.");
    const span = { from: first.day, to: last.day };
    for (const node of nodes) {
      node.shown = !off.has(node.group) && during(node, span);
      for (const part of [node.dot, node.row]) part.toggleAttribute("hidden", !node.shown);
    }
    for (const edge of edges) {
      const shown = nodes[edge.from].shown && nodes[edge.to].shown && during(edge, span);
      for (const part of [edge.path, edge.row]) part.toggleAttribute("hidden", !shown);
    }
    if (chosen?.shown) describe(chosen);
    else if (chosen) release();
    if (!chosen) rove(nodes.find((node) => node.shown));
    return tell();
  }

  function everything() {
    for (const box of document.querySelectorAll(".legend input")) box.checked = true;
    for (const id of ["from", "to"]) if (byId(id)) byId(id).value = "";
    byId("search").value = "";
    find();
    filter();
  }

  function tell() {
    const [things, links] = [nodes.filter((node) => node.shown), edges.filter((edge) => !edge.path.hasAttribute("hidden"))];
    const of = (some, all) => `${some.length.toLocaleString("en-GB")} of ${all.length.toLocaleString("en-GB")}`;
    say(`Showing ${of(things, nodes)} things and ${of(links, edges)} links.`);
  }

  function say(words) {
    byId("said").textContent = words;
  }

  // Search

  function find() {
    const wanted = plain(byId("search").value.trim());
    const found = wanted ? nodes.filter((node) => node.name.includes(wanted)) : [];
    byId("found").replaceChildren(...found.slice(0, 12).map(offer));
    byId("found").hidden = !found.length;
    if (!wanted) return tell();
    return say(found.length > 12 ? `${found.length} things found, 12 listed.` : `${found.length} found.`);
  }

  function offer(node) {
    const button = element("button", "", element("bdi", node.label));
    button.type = "button";
    button.append(" ", element("small", node.cells.Kind?.[0][0] ?? ""));
    button.addEventListener("click", () => take(node));
    return element("li", "", button);
  }

  function take(node) {
    byId("search").value = "";
    byId("found").hidden = true;
    choose(node, { travel: true, focus: true });
  }

  function enter(event) {
    if (event.key === "Enter") byId("found").querySelector("button")?.click();
  }

  // Start

  document.documentElement.classList.add("live");
  // A page that a server gives leads back to that server's site; one on a disk has no site around it.
  const served = location.protocol.startsWith("http") && location.pathname.startsWith("/exports/");
  byId("home").hidden = !served;
  byId("nohome").hidden = served;
  for (const part of document.querySelectorAll(".tools, .zoom, .details, .help, .legend input")) part.hidden = false;
  drawing.setAttribute("tabindex", "0");
  drawing.addEventListener("pointerdown", press);
  drawing.addEventListener("pointermove", drag);
  for (const end of ["pointerup", "pointercancel"]) window.addEventListener(end, lift);
  drawing.addEventListener("dragstart", (event) => event.preventDefault());
  drawing.addEventListener("click", click);
  drawing.addEventListener("wheel", wheel, { passive: false });
  drawing.addEventListener("keydown", key);
  byId("nearer").addEventListener("click", () => zoom(1.4));
  byId("farther").addEventListener("click", () => zoom(1 / 1.4));
  byId("whole").addEventListener("click", whole);
  byId("clear").addEventListener("click", everything);
  byId("search").addEventListener("input", find);
  byId("search").addEventListener("keydown", enter);
  for (const id of ["from", "to"]) byId(id)?.addEventListener("change", filter);
  for (const box of document.querySelectorAll(".legend input")) box.addEventListener("change", filter);
  new ResizeObserver(place).observe(drawing);
  instructions();
  filter();
})();
