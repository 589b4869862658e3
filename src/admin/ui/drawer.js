// Explains one decision. A modal dialog: the browser keeps the focus in it and closes it on Escape.

import { element } from "./dom.js";
import { sections } from "./drawer_sections.js";

export class Drawer {
  /** `neighbour(record, step)` is the decision before (-1) or after (1) in the table; `closed(record)` gets the last one shown. */
  constructor(dialog, neighbour, closed) {
    this.dialog = dialog;
    this.neighbour = neighbour;
    dialog.addEventListener("close", () => closed(this.record));
    dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
    dialog.addEventListener("keydown", (event) => this.key(event));
  }

  show(record) {
    this.record = record;
    const step = (title, name, by) => element("button", {
      type: "button", class: "quiet", title, ariaLabel: title, disabled: !this.neighbour(record, by), onclick: () => this.step(by),
    }, name);
    this.dialog.replaceChildren(
      element("header", { class: "drawer-head" },
        element("h2", { id: "drawer-title" }, "Decision"),
        step("Newer decision (k)", "↑", -1), step("Older decision (j)", "↓", 1),
        element("button", { type: "button", class: "quiet", id: "drawer-close", onclick: () => this.dialog.close() }, "Close")),
      element("div", { class: "drawer-body", tabIndex: 0, role: "region", ariaLabel: "What was decided" }, sections(record)));
    if (!this.dialog.open) {
      this.dialog.showModal();
    }
    this.dialog.querySelector(".drawer-body").focus();
  }

  step(by) {
    const next = this.neighbour(this.record, by);
    if (next) {
      this.show(next);
    }
  }

  key(event) {
    if (event.key === "j" || event.key === "k") {
      this.step(event.key === "j" ? 1 : -1);
    }
  }
}
