"use strict";
(async () => {
  const specs = JSON.parse(document.getElementById("charts").textContent);
  const options = {
    mode: "vega-lite", renderer: "svg", ast: true, actions: false, defaultStyle: false,
    tooltip: { disableDefaultStyle: true },
  };
  for (const [id, spec] of Object.entries(specs)) {
    await vegaEmbed(document.getElementById(id), spec, options);
  }
  document.documentElement.dataset.drawn = "yes";
})();
