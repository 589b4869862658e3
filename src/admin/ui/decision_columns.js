// What a row of the table of decisions shows. A narrow screen leaves out those that are not `core` (decisions.css).

import { chip, element } from "./dom.js";
import { clock, dayAndClock, decimal, milliseconds, usd, words } from "./format.js";
import { color, label } from "./tiers.js";

export function outcomeOf(record) {
  const good = record.outcome === "ok";
  const text = good ? "ok" : words(record.error_code || record.outcome);
  return element("span", { class: `verdict ${good ? "ok" : "failed"}` }, String(record.status), element("span", { class: "outcome-text" }, ` ${text}`));
}

function escalationOf(record) {
  if (!record.escalation || record.escalation === "none") {
    return element("span", { class: "muted" }, "none");
  }
  return element("span", { class: `verdict ${record.escalation}` }, `${record.escalation}: ${words(record.escalation_reason)}`);
}

function timeOf(record) {
  const text = clock(record.time);
  return element("span", { title: dayAndClock(record.time) }, text.slice(0, 5), element("span", { class: "seconds" }, text.slice(5)));
}

/** Of a request that no model answered, what was asked for. */
function modelOf(record) {
  return record.model ?? element("span", { class: "muted" }, record.asked_model ? `asked for ${record.asked_model}` : "–");
}

const saved = (record) => usd(Number(record.baseline_usd ?? 0) - Number(record.cost_usd ?? 0), 6);

export const COLUMNS = [
  { title: "Time", name: "time", core: true, cell: timeOf },
  { title: "Class", name: "class", core: true, cell: (record) => record.class ?? "–" },
  { title: "Tier", name: "tier", core: true, cell: (record) => (record.tier ? chip(label(record.tier), color(record.tier)) : "–") },
  { title: "Model", name: "model", cell: modelOf },
  { title: "Escalation", name: "escalation", cell: escalationOf },
  { title: "Confidence", name: "confidence", number: true, cell: (record) => decimal(record.confidence) },
  { title: "Cost", name: "cost", core: true, number: true, cell: (record) => usd(record.cost_usd, 6) },
  { title: "Saved", name: "saved", number: true, cell: saved },
  { title: "Duration", name: "duration", number: true, cell: (record) => milliseconds(record.duration_ms) },
  { title: "Outcome", name: "outcome", core: true, cell: outcomeOf },
];
