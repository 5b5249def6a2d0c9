"use strict";
{
// A stretch of the chart, chosen with the pointer or with the two numbers below it.
const begin = () => {
  const course = document.querySelector(".course[data-unit]"), form = document.querySelector("form.range[aria-label='A stretch of the course']");
  if (!course || !form) return;
  const main = document.getElementById("main"), chart = course.querySelector(".chart");
  const low = Number(course.dataset.low), high = Number(course.dataset.high);
  const from = form.elements.from, to = form.elements.to;
  const plane = document.createElement("div"), chosen = document.createElement("div");
  plane.className = "plane";
  chosen.className = "chosen";
  chart.append(plane, chosen);
  form.querySelector(".hint").hidden = false;
  const box = () => {
    const svg = chart.querySelector("svg").getBoundingClientRect(), outer = chart.getBoundingClientRect();
    return { left: svg.left - outer.left, width: svg.width, height: svg.height, page: svg.left };
  };
  const show = () => {
    const b = box(), at = (x) => b.left + b.width * (Math.min(Math.max(x, low), high) - low) / (high - low || 1);
    Object.assign(plane.style, { left: b.left + "px", width: b.width + "px", top: "0px", height: b.height + "px" });
    const whole = Number(from.value) <= Math.max(low, 1) && Number(to.value) >= high;
    const ends = [at(Number(from.value)), at(Number(to.value))].sort((x, y) => x - y);
    Object.assign(chosen.style, { left: ends[0] + "px", width: ends[1] - ends[0] + "px", top: "0px", height: b.height - 36 + "px" });
    chosen.hidden = whole;
  };
  const value = (event) => {
    const b = box();
    return Math.round(low + (high - low) * Math.min(Math.max((event.clientX - b.page) / b.width, 0), 1));
  };
  let start = null;
  plane.addEventListener("pointerdown", (event) => {
    start = value(event);
    plane.setPointerCapture(event.pointerId);
    main.dataset.busy = "1";
  });
  plane.addEventListener("pointermove", (event) => {
    if (start === null) return;
    const now = value(event);
    from.value = Math.max(Math.min(start, now), Math.max(low, 1));
    to.value = Math.max(start, now);
    show();
  });
  plane.addEventListener("pointerup", () => { start = null; });
  for (const one of [from, to]) one.addEventListener("input", () => { main.dataset.busy = "1"; show(); });
  addEventListener("resize", show);
  show();
};
begin();
addEventListener("fresh", begin);
}
