// What the pages do beyond HTML. Every page also works without this file: it only saves clicks.
import "@fontsource/noto-sans-sc/400.css";
import "@fontsource/noto-sans-sc/700.css";
import "@tabler/core/dist/css/tabler.min.css";
import "./styles/ui.scss";

import "htmx.org";

// A menu closes when somebody clicks elsewhere or presses Escape.
const openMenus = () => document.querySelectorAll<HTMLDetailsElement>("details.menu[open]");

document.addEventListener("click", (event) => {
  for (const menu of openMenus()) {
    if (!menu.contains(event.target as Node)) menu.open = false;
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") {
    for (const menu of openMenus()) {
      menu.open = false;
      menu.querySelector("summary")?.focus();
    }
  }
  const typing = event.target instanceof Element && event.target.closest("input, select, textarea");
  if (event.key === "/" && !typing) {
    const search = document.querySelector<HTMLInputElement>("input[type=search]");
    if (search) {
      event.preventDefault();
      search.focus();
    }
  }
});

document.addEventListener("click", (event) => {
  const button = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-print], [data-copy]") : null;
  if (!button) return;
  if (button.dataset.print !== undefined) window.print();
  if (button.dataset.copy !== undefined) void navigator.clipboard.writeText(button.dataset.copy);
});

// A choice of the top bar takes effect at once; without scripts its button does it.
document.addEventListener("change", (event) => {
  const control = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-submit]") : null;
  control?.closest("form")?.requestSubmit();
});

