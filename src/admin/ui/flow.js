// Which tiers the requests of each class ended at, and what that cost.

import { chip, element, empty, refresh, table } from "./dom.js";
import { count, percent, usd } from "./format.js";
import { color, inOrder, label } from "./tiers.js";

function bar(entry) {
  const tiers = inOrder(Object.keys(entry.tiers)).filter((tier) => entry.tiers[tier] > 0);
  const told = tiers.map((tier) => `${label(tier)} ${percent(entry.tiers[tier], entry.requests)}`).join(", ");
  const made = element("div", { class: "stack", role: "img", ariaLabel: told, title: told });
  for (const tier of tiers) {
    const part = element("i");
    part.style.flexGrow = entry.tiers[tier];
    part.style.background = color(tier);
    made.append(part);
  }
  return made;
}

function saved(entry) {
  const amount = entry.baseline_usd - entry.cost_usd;
  return element("span", { class: amount < 0 ? "bad" : "" }, percent(amount, entry.baseline_usd));
}

export function showLegend(place, classes) {
  const tiers = inOrder(new Set(classes.flatMap((entry) => Object.keys(entry.tiers))));
  place.replaceChildren(...tiers.map((tier) => chip(label(tier), color(tier))));
}

export function showFlow(place, classes, boundTier) {
  if (classes.length === 0) {
    refresh(place, empty("No requests in this time."));
    return;
  }
  const rows = [...classes].sort((a, b) => b.requests - a.requests || a.class.localeCompare(b.class));
  refresh(place, table("Requests by class and answering tier", [
    { title: "Class", cell: (entry) => entry.class },
    { title: "Bound to", cell: (entry) => boundTier(entry.class) ?? "–" },
    { title: "Answered by", class: "wide", cell: bar },
    { title: "Requests", number: true, cell: (entry) => count(entry.requests) },
    { title: "Cost", number: true, cell: (entry) => usd(entry.cost_usd, 6) },
    { title: "Saved", number: true, cell: saved },
  ], rows));
}
