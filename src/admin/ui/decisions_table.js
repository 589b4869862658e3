// The table of decisions. However many are known, only the rows in sight and a few around them are elements; the rest is height.
// One row can be focused; arrows, Page Up and Down, Home and End move the focus, Enter opens.

import { element } from "./dom.js";
import { COLUMNS } from "./decision_columns.js";

const ROW = 34;
const AROUND = 8;
/** Further decisions are fetched when so few rows are left below. */
const FETCH_AHEAD = 60;

export class DecisionsTable {
  /** `open(record)` is called for the row that is chosen. */
  constructor(place, store, open) {
    this.store = store;
    this.open = open;
    this.focused = null;
    this.rows = new Map();
    this.body = element("div", { class: "grid-rows", role: "rowgroup" });
    this.message = element("p", { class: "empty", hidden: true });
    this.head = element("div", { class: "grid-row grid-head", role: "row", ariaRowIndex: "1" },
      COLUMNS.map((column) => element("span", { class: this.classOf(column), role: "columnheader" }, column.title)));
    this.scroller = element("div", {
      class: "grid", role: "grid", ariaLabel: "Recent decisions, newest first; Enter explains one",
      onscroll: () => this.paint(), onkeydown: (event) => this.key(event),
      onclick: (event) => this.click(event),
    }, this.head, this.body);
    this.newest = element("button", { type: "button", class: "newest", hidden: true, onclick: () => this.toTop() }, "↑ Newest");
    place.append(this.scroller, this.message, this.newest);
    new ResizeObserver(() => this.paint()).observe(this.scroller);
  }

  classOf(column) {
    return [`c-${column.name}`, column.number && "number", !column.core && "extra"].filter(Boolean).join(" ");
  }

  /** Shows the store anew. `added`: rows that came before the others, or null when all are others. */
  update(added = 0) {
    if (added === null) {
      this.rows.forEach((row) => row.remove());
      this.rows.clear();
    } else if (added > 0 && this.scroller.scrollTop > 0) {
      // Who reads further down is not to be moved.
      this.scroller.scrollTop += added * ROW;
    }
    this.paint();
  }

  say(text) {
    this.message.textContent = text;
    this.message.hidden = text === "";
  }

  toTop() {
    this.scroller.scrollTop = 0;
    this.focusRow(0);
  }

  paint() {
    const { records } = this.store;
    this.body.style.height = `${records.length * ROW}px`;
    this.scroller.setAttribute("aria-rowcount", this.store.complete ? records.length + 1 : -1);
    this.newest.hidden = this.scroller.scrollTop < 4 * ROW;
    const first = Math.max(0, Math.floor(this.scroller.scrollTop / ROW) - AROUND);
    const last = Math.min(records.length, Math.ceil((this.scroller.scrollTop + this.scroller.clientHeight) / ROW) + AROUND);
    const wanted = new Map();
    for (let index = first; index < last; index += 1) {
      wanted.set(records[index].sequence, index);
    }
    for (const [sequence, row] of this.rows) {
      // The row with the focus stays an element, else the keyboard would lose its place.
      if (!wanted.has(sequence) && !row.contains(document.activeElement)) {
        row.remove();
        this.rows.delete(sequence);
      }
    }
    for (const [sequence, index] of wanted) {
      this.place(this.rows.get(sequence) ?? this.make(records[index]), index);
    }
    this.keepTabStop(wanted);
    if (last > records.length - FETCH_AHEAD) {
      this.fetchOlder();
    }
  }

  make(record) {
    const row = element("div", { class: "grid-row", role: "row", tabIndex: -1 },
      COLUMNS.map((column) => element("span", { class: this.classOf(column), role: "gridcell" }, column.cell(record))));
    row.dataset.sequence = record.sequence;
    this.rows.set(record.sequence, row);
    this.body.append(row);
    return row;
  }

  place(row, index) {
    row.style.transform = `translateY(${index * ROW}px)`;
    row.setAttribute("aria-rowindex", index + 2);
  }

  /** Tab enters at the row that had the focus last, or at the first in sight. */
  keepTabStop(wanted) {
    const stop = this.rows.has(this.focused) ? this.focused : wanted.keys().next().value;
    for (const [sequence, row] of this.rows) {
      row.tabIndex = sequence === stop ? 0 : -1;
    }
  }

  async fetchOlder() {
    try {
      if (await this.store.older()) {
        this.paint();
      }
    } catch {
      // The page's own round notices that the server is away, and says so.
    }
  }

  indexOf(sequence) {
    return this.store.records.findIndex((record) => record.sequence === sequence);
  }

  /** Scrolls a row into sight and gives it the focus. */
  focusRow(index) {
    const record = this.store.records[index];
    if (!record) {
      return;
    }
    const top = index * ROW;
    const height = this.scroller.clientHeight - ROW;
    if (top < this.scroller.scrollTop) {
      this.scroller.scrollTop = top;
    } else if (top + ROW > this.scroller.scrollTop + height) {
      this.scroller.scrollTop = top + ROW - height;
    }
    this.focused = record.sequence;
    this.paint();
    this.rows.get(record.sequence)?.focus({ preventScroll: true });
  }

  focusRecord(record) {
    this.focusRow(Math.max(0, this.indexOf(record.sequence)));
  }

  click(event) {
    const row = event.target.closest("[data-sequence]");
    if (row) {
      this.focusRow(this.indexOf(Number(row.dataset.sequence)));
      this.openFocused();
    }
  }

  openFocused() {
    const record = this.store.records[this.indexOf(this.focused)];
    if (record) {
      this.open(record);
    }
  }

  key(event) {
    const row = event.target.closest("[data-sequence]");
    const at = row ? this.indexOf(Number(row.dataset.sequence)) : 0;
    const page = Math.max(1, Math.floor(this.scroller.clientHeight / ROW) - 2);
    const moves = { ArrowDown: at + 1, ArrowUp: at - 1, PageDown: at + page, PageUp: at - page, Home: 0, End: this.store.records.length - 1 };
    if (event.key in moves) {
      event.preventDefault();
      this.focusRow(Math.min(Math.max(moves[event.key], 0), this.store.records.length - 1));
    } else if (row && (event.key === "Enter" || event.key === " ")) {
      event.preventDefault();
      this.focused = Number(row.dataset.sequence);
      this.openFocused();
    }
  }
}
