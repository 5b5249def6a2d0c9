"use strict";
{
// Copy buttons, and pages that load anew by themselves while nobody is at work on them.
for (const one of document.querySelectorAll(".copyable")) {
  const button = one.querySelector("button"), text = one.querySelector("code").textContent;
  if (!navigator.clipboard) continue;
  button.hidden = false;
  button.addEventListener("click", async () => {
    try { await navigator.clipboard.writeText(text); button.textContent = "Copied"; }
    catch { button.textContent = "Cannot copy here"; }
  });
}
const main = document.getElementById("main"), seconds = Number(main.dataset.live);
let seen = null;
const busy = () => {
  const at = document.activeElement;
  const typing = at && main.contains(at) && /^(INPUT|SELECT|TEXTAREA|SUMMARY|BUTTON|A)$/.test(at.nodeName);
  return document.hidden || typing || String(getSelection()) || main.dataset.busy
    || main.querySelector(".term:hover, input:user-invalid");
};
const refresh = async () => {
  if (!busy()) {
    try {
      const answer = await fetch(location.href, { cache: "no-store", headers: { Accept: "text/html" } });
      if (answer.redirected && new URL(answer.url).pathname === "/sign-in") { location.reload(); return; }
      const text = await answer.text();
      if (answer.ok && text !== seen && !busy()) {
        const page = new DOMParser().parseFromString(text, "text/html");
        const fresh = page.getElementById("main");
        if (seen !== null || fresh.textContent !== main.textContent) {
          const open = [...main.querySelectorAll("details")].map((x) => x.open);
          main.replaceChildren(...document.adoptNode(fresh).childNodes);
          main.querySelectorAll("details").forEach((x, k) => { x.open = Boolean(open[k]); });
          document.title = page.title;
          if (!fresh.dataset.live) delete main.dataset.live;
          if (page.querySelector("script[src*='browser.js']")) { location.reload(); return; }
          dispatchEvent(new Event("fresh"));
        }
        seen = text;
      }
    } catch { /* the server is away: what is shown stays */ }
  }
  if (main.dataset.live) setTimeout(refresh, 1000 * seconds);
};
if (seconds > 0) setTimeout(refresh, 1000 * seconds);
}
