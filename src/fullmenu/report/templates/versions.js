"use strict";
{
const { names, counted, most, answers } = JSON.parse(document.getElementById("data").textContent);
const by = (id) => document.getElementById(id);
const from = by("from"), to = by("to");
const make = (name, text, css) => {
  const made = document.createElement(name);
  if (text !== undefined) made.textContent = text;
  if (css) made.className = css;
  return made;
};
const listed = (title, rows) => {
  const made = make("section"), table = make("table", undefined, "listed");
  made.append(make("h3", title));
  for (const [example, prompt, was, now] of rows.slice(0, most)) {
    const row = table.insertRow(), answer = make("span", example, "model");
    row.append(make("td", was + " → " + now, "n"), make("td"));
    answer.dir = "auto";
    row.lastChild.append(answer);
    if (prompt) {
      const asked = make("span", prompt, "prompt");
      asked.dir = "auto";
      row.lastChild.append(make("br"), asked);
    }
  }
  if (rows.length) made.append(table);
  else made.append(make("p", "none among the commonest answers", "soft"));
  if (rows.length > most) made.append(make("p", "and " + (rows.length - most) + " more", "soft"));
  return made;
};
const choose = () => {
  const a = +from.value, b = +to.value;
  const rows = answers.map(([example, prompt, outputs]) =>
    [example, prompt, outputs[a], outputs[b]]);
  const lost = rows.filter((r) => r[2] > 1 && !r[3]).sort((x, y) => y[2] - x[2]);
  const gained = rows.filter((r) => r[3] > 1
    && r[3] / (counted[b] || 1) > r[2] / (counted[a] || 1)).sort((x, y) => y[3] - x[3]);
  by("told").textContent = "of " + counted[a] + " and " + counted[b] + " outputs";
  by("changes").replaceChildren(listed("Lost", lost), listed("Given more than before", gained));
};
from.addEventListener("change", choose);
to.addEventListener("change", choose);
by("any").hidden = false;
by("pairs").hidden = true;
choose();
}
