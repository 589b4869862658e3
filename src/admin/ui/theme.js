// Light, dark, or as the system is. Runs before the page is painted, so it is no module.
(() => {
  const CHOICES = ["auto", "light", "dark"];
  const KEY = "tierway-theme";

  // A browser may refuse storage; the choice then lasts as long as the page.
  function stored() {
    try {
      return localStorage.getItem(KEY);
    } catch {
      return null;
    }
  }

  function store(choice) {
    try {
      localStorage.setItem(KEY, choice);
    } catch {
      // As above.
    }
  }

  let choice = CHOICES.includes(stored()) ? stored() : "auto";
  const root = document.documentElement;
  root.dataset.theme = choice;

  document.addEventListener("DOMContentLoaded", () => {
    const button = document.getElementById("theme");
    const show = () => {
      button.textContent = `Theme: ${choice}`;
    };
    button.addEventListener("click", () => {
      choice = CHOICES[(CHOICES.indexOf(choice) + 1) % CHOICES.length];
      root.dataset.theme = choice;
      store(choice);
      show();
      document.dispatchEvent(new CustomEvent("theme-changed"));
    });
    show();
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
    document.dispatchEvent(new CustomEvent("theme-changed"));
  });
})();
