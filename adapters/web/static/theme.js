// Runs before the first paint, so that a page chosen dark never flashes light.
"use strict";
(() => {
  const themes = ["auto", "light", "dark"];
  let theme = "auto";
  try {
    theme = localStorage.getItem("colloquery.theme") ?? "auto";
  } catch {
    // A browser that keeps nothing gets the system's choice.
  }
  document.documentElement.dataset.theme = themes.includes(theme) ? theme : "auto";
})();
