// What the table of decisions shows: by class, and by how requests went.

import { element } from "./dom.js";

const KINDS = [
  ["All", {}],
  ["Escalated", { escalation: "approved" }],
  ["Escalation denied", { escalation: "denied" }],
  ["Failed upstream", { outcome: "upstream_error" }],
  ["Denied", { outcome: "denied" }],
  ["Client's errors", { outcome: "client_error" }],
  ["Client left", { outcome: "client_gone" }],
  ["Internal errors", { outcome: "internal_error" }],
];

export class Filters {
  /** `changed(filter)` gets members of the record and the values that they must have. */
  constructor(place, changed) {
    this.kind = element("select", { onchange: () => changed(this.filter()) },
      KINDS.map(([title], index) => element("option", { value: index }, title)));
    this.class = element("select", { onchange: () => changed(this.filter()) }, element("option", { value: "" }, "Every class"));
    place.append(element("label", {}, element("span", { class: "hidden-text" }, "Outcome"), this.kind),
      element("label", {}, element("span", { class: "hidden-text" }, "Class"), this.class));
  }

  setClasses(names) {
    const chosen = this.class.value;
    this.class.replaceChildren(element("option", { value: "" }, "Every class"), ...names.map((name) => element("option", { value: name }, name)));
    this.class.value = names.includes(chosen) ? chosen : "";
  }

  filter() {
    return { ...KINDS[Number(this.kind.value)][1], ...(this.class.value && { class: this.class.value }) };
  }
}
