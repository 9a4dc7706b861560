// Lets a reader zoom and move the map by buttons, keys, mouse and touch; without it the map is there, whole.
"use strict";

const REACH = 16; // pixels from a point within which a click or touch means it, the nearest where several do
const map = document.getElementById("map");
if (map) enliven(map);

function enliven(place) {
  const svg = place.querySelector("svg"), controls = place.querySelector(".map-controls"), told = place.querySelector(".map-told");
  const whole = svg.getAttribute("viewBox").split(" ").map(Number);
  const shapes = [...svg.querySelectorAll("defs [transform]")], writing = [...svg.querySelectorAll("g[font-size]")];
  const scale = Number(/\d[\d.e-]*/.exec(shapes[0].getAttribute("transform"))[0]);
  const sizes = writing.map((group) => Number(group.getAttribute("font-size")));
  const links = [...svg.querySelectorAll("a")].map((link) => {
    const mark = link.querySelector("use");
    return { link, x: mark.x.baseVal.value, y: mark.y.baseVal.value };
  });
  const districts = [...svg.querySelectorAll(".district-names text")].map((text) => ({
    text, x: text.x.baseVal[0].value, y: text.y.baseVal[0].value, down: parseFloat(text.getAttribute("dy")), wide: text.textContent.length * 0.28,
    first: text.hasAttribute("display"),
  }));
  const regions = svg.querySelector(".region-names"), far = whole[2] < 810 ? Infinity : 0.4 * 810; // a wider part has no room for names of districts
  const phone = window.matchMedia("(max-width: 40rem)");
  let box = [...whole], moved = false;

  /** How much larger words have to be on a phone: the numbers in rings, 11 of 810 wide, are 12 pixels then. */
  function growth() { return phone.matches ? Math.max(1, 884 / svg.getBoundingClientRect().width) : 1; }

  /** Show a part of the plane; marks and words keep their size on the screen, once a phone shows them large enough to be read. */
  function show(next) {
    const width = Math.min(whole[2], Math.max(whole[2] / 40, next[2])), height = width * whole[3] / whole[2];
    const within = (at, least, room, size) => Math.max(least, Math.min(least + room - size, at));
    box = [within(next[0], whole[0], whole[2], width), within(next[1], whole[1], whole[3], height), width, height];
    const shrunk = width / whole[2], grown = Math.min(1, shrunk * growth());
    svg.setAttribute("viewBox", box.map((each) => each.toFixed(2)).join(" "));
    shapes.forEach((shape) => shape.setAttribute("transform", `scale(${(scale * grown).toFixed(4)})`));
    writing.forEach((group, at) => group.setAttribute("font-size", (sizes[at] * grown).toFixed(3)));
    svg.classList.toggle("near", shrunk < 0.999);
    svg.classList.toggle("legible", shrunk * growth() <= 1.001);
    name(shrunk >= 0.999, grown);
  }

  /** Show the names of districts that have room; at first, those that the server chose. */
  function name(atFirst, grown) {
    const em = 12 * whole[2] / 810 * grown, taken = [];
    regions.setAttribute("display", box[2] < far ? "none" : "inline");
    for (const each of districts) {
      const foot = each.y + each.down * em, part = [each.x - each.wide * em, foot - 0.85 * em, each.x + each.wide * em, foot + 0.25 * em];
      const inside = part[0] >= box[0] && part[1] >= box[1] && part[2] <= box[0] + box[2] && part[3] <= box[1] + box[3];
      const free = inside && box[2] < far && !taken.some((other) => part[0] < other[2] && other[0] < part[2] && part[1] < other[3] && other[1] < part[3]);
      const shown = atFirst ? !each.first : free;
      each.text.setAttribute("display", shown ? "inline" : "none");
      if (shown) taken.push(part);
    }
  }

  function zoom(factor, x = box[0] + box[2] / 2, y = box[1] + box[3] / 2) {
    const width = Math.min(whole[2], Math.max(whole[2] / 40, box[2] * factor)), by = width / box[2];
    show([x - (x - box[0]) * by, y - (y - box[1]) * by, width, 0]);
  }

  function move(right, down) { show([box[0] + right * box[2] / 5, box[1] + down * box[3] / 5, box[2], 0]); }

  phone.addEventListener("change", () => show(box));

  const acts = {
    zoom_in: () => zoom(0.6, ...centre()), zoom_out: () => zoom(1 / 0.6), zoom_reset: () => show(whole),
    move_left: () => move(-1, 0), move_right: () => move(1, 0), move_up: () => move(0, -1), move_down: () => move(0, 1),
  };

  function at() { return links.find((each) => each.link === document.activeElement); }
  function centre() { const here = at(); return here ? [here.x, here.y] : []; }

  /** Focus the nearest point in a direction, and bring it into view. */
  function step(right, down) {
    const here = at();
    let best = null, least = Infinity;
    for (const each of links) {
      const along = (each.x - here.x) * right + (each.y - here.y) * down;
      const aside = Math.abs((each.x - here.x) * down) + Math.abs((each.y - here.y) * right);
      if (each !== here && along > 0.05 && aside <= along * 2 && along + aside * 2 < least) [best, least] = [each, along + aside * 2];
    }
    if (best) reach(best);
  }

  function reach(point) {
    links.forEach((each) => { each.link.setAttribute("tabindex", each === point ? "0" : "-1"); });
    const edge = box[2] / 12, [left, top, width, height] = box;
    if (point.x < left + edge || point.x > left + width - edge || point.y < top + edge || point.y > top + height - edge) {
      show([point.x - width / 2, point.y - height / 2, width, 0]);
    }
    point.link.focus({ preventScroll: true });
  }

  const arrows = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
  svg.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !at()) return;
    const key = event.key;
    if (arrows[key]) (event.shiftKey ? move : step)(...arrows[key]);
    else if (key === "+" || key === "=") acts.zoom_in();
    else if (key === "-") acts.zoom_out();
    else if (key === "0") acts.zoom_reset();
    else if (key === "Escape") controls.querySelector("button").focus();
    else return;
    event.preventDefault();
  });

  const tell = (event) => {
    const link = event.target.closest("a");
    if (link) told.textContent = link.querySelector("title").textContent;
  };
  place.addEventListener("focusin", tell); // not at the picture: with such a listener a browser lets Tab stop at it
  svg.addEventListener("pointerover", tell);

  /** One finger or the mouse moves a map that is zoomed in; two fingers zoom. */
  const fingers = new Map();
  const onPlane = (x, y) => {
    const frame = svg.getBoundingClientRect(), wide = Math.max(box[2] / frame.width, box[3] / frame.height);
    return [box[0] + box[2] / 2 + (x - frame.left - frame.width / 2) * wide, box[1] + box[3] / 2 + (y - frame.top - frame.height / 2) * wide, wide];
  };
  svg.addEventListener("pointerdown", (event) => { fingers.set(event.pointerId, [event.clientX, event.clientY]); moved = false; });
  window.addEventListener("pointermove", (event) => {
    const before = fingers.get(event.pointerId);
    if (!before) return;
    const now = [event.clientX, event.clientY], wide = onPlane(0, 0)[2];
    const others = [...fingers].filter(([name]) => name !== event.pointerId).map(([, spot]) => spot);
    if (Math.hypot(now[0] - before[0], now[1] - before[1]) < 3 && !moved) return;
    moved = true;
    fingers.set(event.pointerId, now);
    if (others.length === 1) {
      const far = (spot) => Math.hypot(spot[0] - others[0][0], spot[1] - others[0][1]);
      zoom(far(before) / Math.max(far(now), 1), ...onPlane((now[0] + others[0][0]) / 2, (now[1] + others[0][1]) / 2));
    } else if (box[2] < whole[2]) {
      show([box[0] - (now[0] - before[0]) * wide, box[1] - (now[1] - before[1]) * wide, box[2], 0]);
    }
  });
  for (const name of ["pointerup", "pointercancel"]) window.addEventListener(name, (event) => fingers.delete(event.pointerId));
  svg.addEventListener("click", (event) => {
    if (moved) { event.preventDefault(); moved = false; return; }
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button || !event.detail) return; // a key opens what has the focus
    const [x, y, wide] = onPlane(event.clientX, event.clientY);
    const far = (each) => Math.hypot(each.x - x, each.y - y) / wide;
    const nearest = links.reduce((best, each) => (far(each) < far(best) ? each : best));
    if (far(nearest) > REACH) return;
    event.preventDefault();
    window.location.assign(nearest.link.href.baseVal);
  }, true);
  svg.addEventListener("dragstart", (event) => event.preventDefault());
  svg.addEventListener("wheel", (event) => {
    if (!event.ctrlKey) return;
    event.preventDefault();
    zoom(event.deltaY > 0 ? 1.2 : 1 / 1.2, ...onPlane(event.clientX, event.clientY));
  }, { passive: false });

  for (const shape of [...shapes]) { // so much of the plane belongs to a point, if none is nearer
    const room = document.createElementNS(svg.namespaceURI, "circle");
    for (const [key, value] of [["r", "14"], ["fill", "none"], ["stroke", "none"], ["pointer-events", "all"]]) room.setAttribute(key, value);
    shape.parentNode.append(room);
    room.setAttribute("transform", shape.getAttribute("transform"));
    shapes.push(room);
  }
  controls.hidden = told.hidden = false;
  document.querySelector(".map-how").hidden = false;
  controls.addEventListener("click", (event) => { const act = acts[event.target.dataset.act]; if (act) act(); });
  links.forEach((each, number) => { each.link.setAttribute("tabindex", number ? "-1" : "0"); });
}
