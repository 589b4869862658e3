// Every climb that was asked for: why, and what the approver said.

import { element, empty, refresh, table } from "./dom.js";
import { count, words } from "./format.js";

/** Classes of the same climb are one row. */
function byReason(escalations) {
  const rows = new Map();
  for (const { class: name, from, to, reason, verdict, count: times } of escalations) {
    const key = [verdict, reason, from, to].join("\n");
    const row = rows.get(key) ?? { from, to, reason, verdict, times: 0, classes: [] };
    row.times += times;
    row.classes.push(`${name} ${count(times)}`);
    rows.set(key, row);
  }
  return [...rows.values()].sort((a, b) => b.times - a.times || a.reason.localeCompare(b.reason));
}

const verdict = (row) => element("span", { class: `verdict ${row.verdict}` }, row.verdict);

export function showEscalations(place, escalations) {
  if (escalations.length === 0) {
    refresh(place, empty("No request asked for a higher tier in this time."));
    return;
  }
  refresh(place, table("Escalations by reason", [
    { title: "Verdict", cell: verdict },
    { title: "Reason", cell: (row) => words(row.reason) },
    { title: "Climb", cell: (row) => `${row.from} → ${row.to}` },
    { title: "Times", number: true, cell: (row) => count(row.times) },
    { title: "Classes", class: "muted", cell: (row) => row.classes.join(", ") },
  ], byReason(escalations)));
}
