// The figures on top.

import { element } from "./dom.js";
import { count, percent, span, usd } from "./format.js";

function figure(title, value, detail, kind = "") {
  return element("div", { class: `figure ${kind}` },
    element("h2", {}, title), element("p", { class: "value" }, value), element("p", { class: "detail" }, detail));
}

const notAnswered = (figures) => figures.requests - (figures.outcomes.ok ?? 0);
const refused = (figures) => Object.values(figures.refused).reduce((sum, each) => sum + each, 0);

export function showTotals(place, summary) {
  const { window: now, since_start: ever } = summary;
  const failed = notAnswered(now);
  // One number of decimals for amounts that are compared.
  const decimals = now.baseline_usd >= 100 ? 2 : now.baseline_usd >= 1 ? 4 : 6;
  const failures = [failed > 0 && `${count(failed)} failed or denied`, refused(now) > 0 && `${count(refused(now))} refused unread`];
  place.replaceChildren(
    figure("Spent", usd(now.cost_usd, decimals), `${usd(ever.cost_usd)} since start`),
    figure("All-frontier baseline", usd(now.baseline_usd, decimals), `${usd(ever.baseline_usd)} since start`),
    figure("Saved", usd(now.saved_usd, decimals), `${percent(now.saved_usd, now.baseline_usd)} of the baseline`, now.saved_usd < 0 ? "bad" : "good"),
    figure("Requests", count(now.requests), failures.filter(Boolean).join(" · ") || `${count(ever.requests)} since start`,
      failed > 0 ? "warn" : ""),
    figure("Escalated", percent(now.escalated, now.requests, 1), `${count(now.escalated)} approved climbs`),
    figure("Up for", span(summary.time - summary.started), "counted since this process started"));
}
