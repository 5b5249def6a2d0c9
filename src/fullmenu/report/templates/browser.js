"use strict";
{
const { labels, marks, prompts } = JSON.parse(document.getElementById("outputs").textContent);
const by = (id) => document.getElementById(id);
const list = by("browsed"), more = by("more"), told = by("told"), raw = by("raw");
const page = 10, few = 2, near = 0.1;
const change = ([was, is]) => (was === null || is === null || is === undefined ? "" :
  is - was > near ? "fewer" : was - is > near ? "more" : "same");
const all = prompts.map(([id, asked, sides, rates], rank) => ({
  id, asked, sides, rank, change: change(rates),
  loss: rates[1] === undefined ? rates[0] : rates[1] - rates[0],
  outputs: sides.flat().flatMap(([, outputs]) => outputs),
}));
let shown = [], drawn = 0;
const make = (name, text, css) => {
  const made = document.createElement(name);
  if (text !== undefined) made.textContent = text;
  if (css) made.className = css;
  return made;
};

// Markdown as elements whose texts are set as text: nothing in an output can become markup.
const inline = (into, text) => {
  const parts = text.split(/(`[^`\n]+`|\*\*[^*\n]+\*\*|\*[^*\s][^*\n]*\*)/);
  for (const part of parts) {
    if (/^`.+`$/.test(part)) into.append(make("code", part.slice(1, -1)));
    else if (/^\*\*.+\*\*$/.test(part)) into.append(make("b", part.slice(2, -2)));
    else if (/^\*.+\*$/.test(part)) into.append(make("i", part.slice(1, -1)));
    else into.append(part);
  }
  return into;
};
const formatted = (text) => {
  const made = make("div", undefined, "text");
  let items = null, code = null, lines = [];
  const end = () => {
    if (lines.length) made.append(inline(make("p"), lines.join("\n")));
    lines = [];
  };
  for (const line of text.split("\n")) {
    const item = /^(\s*)([-*+•]|\d{1,3}[.)])\s+(.*)/.exec(line);
    const head = /^#{1,6}\s+(.*)/.exec(line);
    if (/^\s*```/.test(line)) {
      end();
      items = null;
      code = code ? null : make("pre");
      if (code) made.append(code);
    } else if (code) code.append(line + "\n");
    else if (item) {
      end();
      const kind = /\d/.test(item[2]) ? "ol" : "ul";
      if (!items || items.localName !== kind) made.append(items = make(kind));
      const entry = inline(make("li", undefined, item[1].length > 1 ? "deep" : ""), item[3]);
      if (kind === "ol") entry.value = parseInt(item[2], 10);
      items.append(entry);
    } else if (head) {
      end();
      items = null;
      made.append(inline(make("p", undefined, "head"), head[1]));
    } else if (line.trim()) {
      if (!lines.length) items = null;
      lines.push(line);
    } else end();
  }
  end();
  return made;
};
const written = (text) => {
  const made = !text.trim() ? make("p", "(empty)", "text soft")
    : raw.checked ? make("p", text, "text raw") : formatted(text);
  made.dir = "auto";
  return made;
};
const output = ([n, text, bits], wanted) => {
  const made = make("div", undefined, wanted ? "output hit" : "output");
  const about = make("p", undefined, "soft");
  const copy = make("button", "Copy");
  copy.type = "button";
  copy.addEventListener("click", async () => {
    try { await navigator.clipboard.writeText(text); copy.textContent = "Copied"; }
    catch { copy.textContent = "Cannot copy here"; }
  });
  about.append(n + " × ", ...marks.filter((_, k) => bits >> k & 1)
    .flatMap((mark) => [make("span", mark, "mark"), " "]), copy);
  made.append(about, written(text));
  return made;
};
const answer = ([number, outputs], other, wanted) => {
  const made = make("div", undefined, "given");
  const n = outputs.reduce((sum, x) => sum + x[0], 0);
  const beside = other && other.some((x) => x[0] === number) ? "on both sides" : "";
  const hit = outputs.filter(wanted.hits);
  const [first, ...rest] = [...hit, ...outputs.filter((x) => !hit.includes(x))];
  if (outputs.length > 1 || beside) {
    const many = outputs.length > 1 ? n + " outputs in " + outputs.length + " wordings" : "";
    made.append(make("p", [many, beside].filter(Boolean).join(", "), "soft"));
  }
  made.append(output(first, hit.includes(first)));
  if (rest.length) {
    const others = make("details");
    others.append(make("summary", rest.length + " more like it", "soft"));
    others.addEventListener("toggle", () => {
      if (others.childElementCount < 2) others.append(...rest.map((x) => output(x, hit.includes(x))));
    });
    made.append(others);
  }
  return made;
};
const fill = (made, p, wanted) => {
  const sides = make("div", undefined, "sides");
  p.sides.forEach((answers, k) => {
    const side = make("section");
    side.append(make("h3", labels[k]));
    for (const one of answers) side.append(answer(one, p.sides[1 - k], wanted));
    if (!answers.length) side.append(make("p", "no output here", "soft"));
    sides.append(side);
  });
  const link = make("a", "Link to this prompt");
  link.href = "#" + p.id;
  made.append(sides, link);
};
const entry = (p) => {
  const made = make("details", undefined, "card asked"), title = make("summary");
  made.id = p.id;
  const asked = make("span", p.asked, "said");
  asked.dir = "auto";
  const sizes = p.sides.map((side) => side.length);
  const of = p.sides.map((side) => side.flatMap((x) => x[1]).reduce((sum, x) => sum + x[0], 0));
  const counts = Math.max(...of) < 2 ? "outputs: " + of.join(" → ")
    : "different answers: " + sizes.map((n, k) => n + " of " + of[k]).join(" → ");
  title.append(asked, make("span", counts, "soft"));
  made.append(title);
  const wanted = now();
  made.addEventListener("toggle", () => {
    if (made.open && made.childElementCount < 2) fill(made, p, wanted);
  });
  return made;
};
const now = () => {
  const text = by("search-answers").value.toLowerCase(), mark = +by("with").value;
  return { any: text || mark,
    hits: (x) => (text || mark) && x[1].toLowerCase().includes(text) && (!mark || x[2] & mark) };
};
const draw = () => {
  const added = shown.slice(drawn, drawn + page).map(entry);
  list.append(...added);
  drawn = Math.min(drawn + page, shown.length);
  more.hidden = drawn >= shown.length;
};
const orders = {
  loss: (a, b) => a.rank - b.rank, gain: (a, b) => a.loss - b.loss,
  asked: (a, b) => a.asked.localeCompare(b.asked),
};
const choose = () => {
  const text = by("search").value.toLowerCase(), wanted = now();
  const kind = by("change") ? by("change").value : "";
  shown = all.filter((p) => p.asked.toLowerCase().includes(text) && (!kind || p.change === kind)
    && (!wanted.any || p.outputs.some(wanted.hits))).sort(orders[by("order").value]);
  told.textContent = shown.length.toLocaleString("en") + " of " + all.length.toLocaleString("en")
    + " prompts";
  const open = new Set([...list.children].filter((one) => one.open).map((one) => one.id));
  list.replaceChildren();
  drawn = 0;
  draw();
  for (const one of list.children) one.open = shown.length <= few || open.has(one.id);
};
const follow = () => {
  const id = location.hash.slice(1);
  if (!all.some((p) => p.id === id)) return;
  if (!shown.some((p) => p.id === id)) {
    for (const x of document.querySelectorAll("#find input[type=search], #find select")) {
      x.value = x.localName === "input" ? "" : x.options[0].value;
    }
    choose();
  }
  while (!by(id)) draw();
  by(id).open = true;
  by(id).scrollIntoView();
};
by("find").addEventListener("input", choose);
by("find").addEventListener("submit", (event) => event.preventDefault());
more.addEventListener("click", draw);
addEventListener("hashchange", follow);
by("find").hidden = false;
choose();
follow();
}
