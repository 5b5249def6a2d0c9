"use strict";
{
const { labels, prompts } = JSON.parse(document.getElementById("outputs").textContent);
const list = document.getElementById("browsed"), search = document.getElementById("search");
const order = document.getElementById("order"), told = document.getElementById("told");
const page = 20, few = 3;
let shown = [], drawn = 0;
const make = (name, text, css) => {
  const made = document.createElement(name);
  if (text !== undefined) made.textContent = text;
  if (css) made.className = css;
  return made;
};
const entry = (p) => {
  const made = make("details", undefined, "card asked");
  made.id = p.id;
  const title = make("summary");
  const asked = make("span", p.asked, "said");
  asked.dir = "auto";
  title.append(asked, make("span", p.sides.map((s) => s.length).join(" → ") + " different", "soft"));
  const link = make("a", "Link to this prompt");
  link.href = "#" + p.id;
  const sides = make("div", undefined, "sides");
  p.sides.forEach((answers, k) => {
    const side = make("section");
    side.append(make("h3", labels[k]));
    for (const [n, text] of answers) {
      const answer = make("div", undefined, "given");
      const copy = make("button", "Copy");
      copy.type = "button";
      copy.addEventListener("click", async () => {
        try { await navigator.clipboard.writeText(text); copy.textContent = "Copied"; }
        catch { copy.textContent = "Cannot copy here"; }
      });
      const told = make("p", undefined, "soft");
      told.append(n + " × ", copy);
      const output = make("p", text || "(empty)", "text");
      output.dir = "auto";
      answer.append(told, output);
      side.append(answer);
    }
    sides.append(side);
  });
  made.append(title, sides, link);
  return made;
};
const more = document.getElementById("more");
const draw = () => {
  list.append(...shown.slice(drawn, drawn + page).map(entry));
  drawn = Math.min(drawn + page, shown.length);
  more.hidden = drawn >= shown.length;
};
const choose = () => {
  const wanted = search.value.toLowerCase();
  const has = (text) => text.toLowerCase().includes(wanted);
  shown = prompts.filter((p) => has(p.asked) || p.sides.some((s) => s.some((a) => has(a[1]))));
  if (order.value === "asked") shown.sort((a, b) => (a.asked < b.asked ? -1 : 1));
  told.textContent = shown.length + " of " + prompts.length + " prompts";
  list.replaceChildren();
  drawn = 0;
  draw();
  if (shown.length <= few) for (const one of list.children) one.open = true;
};
const follow = () => {
  const id = location.hash.slice(1);
  if (!prompts.some((p) => p.id === id)) return;
  if (!shown.some((p) => p.id === id)) { search.value = ""; choose(); }
  while (!document.getElementById(id)) draw();
  document.getElementById(id).open = true;
  document.getElementById(id).scrollIntoView();
};
search.addEventListener("input", choose);
order.addEventListener("change", choose);
more.addEventListener("click", draw);
addEventListener("hashchange", follow);
document.getElementById("find").hidden = false;
choose();
follow();
}
