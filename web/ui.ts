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

// Rows of a list: one box ticks all, Shift ticks those between, and the number is said beside the buttons.
let lastTick: HTMLInputElement | null = null;
const ticks = () => [...document.querySelectorAll<HTMLInputElement>("input[form=selection]")];

function sayTicked(): void {
  const place = document.querySelector<HTMLElement>("[data-ticked]");
  const count = ticks().filter((tick) => tick.checked).length;
  if (!place) return;
  place.hidden = count === 0;
  const number = place.querySelector("b");
  if (number) number.textContent = String(count);
}

document.addEventListener("click", (event) => {
  const tick = event.target;
  if (!(tick instanceof HTMLInputElement)) return;
  if (tick.dataset.tickAll !== undefined) {
    for (const one of ticks()) one.checked = tick.checked;
  } else if (tick.getAttribute("form") === "selection") {
    const all = ticks();
    if (event.shiftKey && lastTick && all.includes(lastTick)) {
      const [from, to] = [all.indexOf(lastTick), all.indexOf(tick)].sort((one, other) => one - other);
      for (const one of all.slice(from, (to ?? 0) + 1)) one.checked = tick.checked;
    }
    lastTick = tick;
  } else {
    return;
  }
  sayTicked();
});

// A select of many records gets a box that leaves only the options with the words typed; the arrow keys go on in the select.
function searchable(select: HTMLSelectElement): void {
  const box = document.createElement("input");
  box.type = "search";
  box.className = "form-control search-box";
  box.autocomplete = "off";
  box.placeholder = "⌕";
  box.setAttribute("aria-controls", select.id);
  box.setAttribute("aria-label", document.querySelector(`label[for="${select.id}"]`)?.textContent ?? "");
  const options = [...select.options];
  box.addEventListener("input", (event) => {
    event.stopPropagation(); // what is typed here is no content of the form
    const words = box.value.toLowerCase().split(/\s+/).filter(Boolean);
    const fits = (option: HTMLOptionElement) => words.every((word) => option.text.toLowerCase().includes(word));
    select.replaceChildren(...options.filter((option) => option.value === "" || option.selected || fits(option)));
  });
  box.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" || event.key === "Enter") {
      event.preventDefault();
      const first = [...select.options].find((option) => option.value !== "" && !option.selected);
      if (box.value && first) first.selected = true;
      select.dispatchEvent(new Event("change", { bubbles: true }));
      select.focus();
    }
  });
  select.before(box);
}

document.querySelectorAll<HTMLSelectElement>("select[data-search]").forEach(searchable);
