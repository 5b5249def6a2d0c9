"use strict";
{
// One question at a time, one key an answer; what is shown as saved, the server has on disk.
const $ = (id) => document.getElementById(id), root = $("review"), kind = root.dataset.kind, place = root.dataset.at;
let rater = root.dataset.name, now = null, busy = false, groups = [], at = 0;

const trouble = (text) => { $("trouble").textContent = text; $("trouble").hidden = !text; };

const lasting = (seconds) => seconds === null ? "" : seconds < 90
  ? `, about ${Math.round(seconds)} s left` : `, about ${Math.round(seconds / 60)} min left`;

const draw = (told) => {
  now = told.question;
  $("progress").textContent = "open" in told ? `${told.mine} settled by you, ${told.open} open` : `${told.mine} by you, ${told.answered} of ${told.total} answered${lasting(told.seconds_left)}`;
  $("start").hidden = true;
  $("asked").hidden = !now;
  $("done").hidden = Boolean(now);
  if (!now) { $("done").focus(); return; }
  $("prompt").textContent = now.prompt;
  if (now.given) $("given").textContent = now.given.join(", ");
  groups = now.outputs.map(() => ""); at = 0;
  $("outputs").replaceChildren(...now.outputs.map((text, k) => {
    const side = document.createElement("section"), head = document.createElement("h2"), body = document.createElement("div");
    head.textContent = kind === "look" ? `Output ${k + 1}` : ["Left", "Right"][k];
    body.className = "model"; body.dir = "auto"; body.textContent = text;
    side.append(head, body);
    return side;
  }));
  mark();
  $("note").value = "";
  $("task").focus({ preventScroll: true });
};

const mark = () => {
  if (kind !== "look") return;
  [...$("outputs").children].forEach((side, k) => {
    side.firstChild.textContent = `Output ${k + 1}${groups[k] === "0" ? ": like no other" : groups[k] ? `: group ${groups[k]}` : ""}`;
    if (k === at) side.setAttribute("aria-current", "true"); else side.removeAttribute("aria-current");
  });
};

const ask = async (path, fields) => {
  if (busy) return;
  busy = true;
  root.dataset.busy = "yes";
  try {
    const answer = fields
      ? await fetch(`${place}/${path}`, { method: "POST", headers: { "X-CSRF-Token": root.dataset.csrf }, body: new URLSearchParams({ rater, ...fields }) })
      : await fetch(`${place}/${path}?${new URLSearchParams({ rater })}`, { cache: "no-store" });
    const told = await answer.json();
    if (answer.status === 401) { location.reload(); return; }
    if (answer.status === 409) { trouble(told.detail); busy = false; await ask("question"); return; }
    if (!answer.ok) { trouble(`Not saved: ${told.detail}`); return; }
    if (fields) trouble("");
    draw(told);
  } catch { trouble("Not saved: the server is away. Answer again when it is back."); }
  finally { busy = false; delete root.dataset.busy; }
};

const give = (answer) => {
  if (!now) return;
  const looked = kind === "look" && answer === "seen" ? { groups: groups.map((g) => g || "-").join(" ") } : {};
  ask("answer", { question: now.id, answer, note: $("note").value, ...looked });
};

const undo = () => ask("undo", {});
const buttons = [...document.querySelectorAll("#answers [data-answer]")];
buttons.forEach((button) => button.addEventListener("click", () => give(button.dataset.answer)));
$("undo").addEventListener("click", undo);
$("help").addEventListener("click", () => $("sheet").showModal());

addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
  const field = event.target.nodeName === "INPUT", key = event.key;
  if (field) {
    if (event.target.id === "note" && key === "Enter") { event.preventDefault(); $("task").focus(); }
    return;
  }
  if ($("sheet").open) { if (key === "?") $("sheet").close(); return; }
  if (key === "?") { event.preventDefault(); $("sheet").showModal(); return; }
  if ($("asked").hidden && $("done").hidden) return;
  if (key === "u") { undo(); return; }
  if (!now) return;
  if (key === "n") { event.preventDefault(); $("note").focus(); return; }
  if (kind === "look" && /^[0-9]$/.test(key)) {
    groups[at] = key; at = Math.min(at + 1, groups.length - 1); mark();
    return;
  }
  const button = buttons.find((one) => one.dataset.key === key);
  if (button && !(key === "Enter" && event.target.nodeName === "BUTTON")) { event.preventDefault(); give(button.dataset.answer); }
});

$("start").addEventListener("submit", (event) => {
  event.preventDefault();
  rater = new FormData($("start")).get("rater").trim();
  try { localStorage.setItem("fullmenu rater", rater); } catch { /* not remembered */ }
  ask("question");
});
if (rater) ask("question");
else {
  $("start").hidden = false;
  try { $("start").elements.rater.value = localStorage.getItem("fullmenu rater") || ""; } catch { /* not known */ }
  $("start").elements.rater.focus();
}
}
