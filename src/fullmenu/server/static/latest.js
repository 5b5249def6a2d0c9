"use strict";
{
// What came since is asked for by its number, so that no sample is sent twice.
const list = document.getElementById("samples"), pause = document.getElementById("pause");
const came = document.getElementById("came"), most = 500, seconds = 2;
let paused = false, count = 0;
const more = async () => {
  if (!paused && !document.hidden) {
    try {
      const after = list.dataset.after;
      const join = list.dataset.more.includes("?") ? "&" : "?";
      const answer = await fetch(list.dataset.more + join + "after=" + after, { cache: "no-store" });
      if (answer.ok && !answer.redirected) {
        const page = new DOMParser().parseFromString(await answer.text(), "text/html");
        const rows = [...page.querySelectorAll("li.sample")];
        if (rows.length && list.dataset.after === after) {
          if (list.dataset.after === "0") { location.reload(); return; }
          list.dataset.after = rows[0].dataset.id;
          for (const row of rows) row.classList.add("new");
          for (const old of list.querySelectorAll(".new")) old.classList.remove("new");
          list.prepend(...rows);
          while (list.childElementCount > most) list.lastElementChild.remove();
          count += rows.length;
          came.textContent = count + " came since this page was opened.";
        }
      }
    } catch { /* the server is away: asked again */ }
  }
  setTimeout(more, 1000 * seconds);
};
if (list.dataset.more) {
  pause.hidden = false;
  pause.addEventListener("click", () => {
    paused = !paused;
    pause.textContent = paused ? "Go on" : "Pause";
  });
  setTimeout(more, 1000 * seconds);
}
}
