// Whether each model can be asked, and what is under way with it.

import { chip, empty, refresh, table } from "./dom.js";
import { count, span, words } from "./format.js";

function state(model) {
  if (model.breaker === "open") {
    return chip(`open, asked again in ${span(model.open_for_seconds)}`, "var(--bad)");
  }
  if (model.breaker === "half_open") {
    return chip("half open, being probed", "var(--warn)");
  }
  if (model.rests_for_seconds > 0) {
    return chip(`rests for ${span(model.rests_for_seconds)}`, "var(--warn)");
  }
  return chip(words(model.breaker), "var(--good)");
}

const left = (remaining, limit) => (limit === undefined ? "–" : `${count(remaining)} of ${count(limit)}`);

export function showHealth(place, models) {
  if (models.length === 0) {
    refresh(place, empty("The configuration names no models."));
    return;
  }
  const columns = [
    { title: "Model", class: "name", cell: (model) => model.model },
    { title: "Tier", cell: (model) => model.tiers || "–" },
    { title: "Breaker", cell: state },
    { title: "In flight", number: true, cell: (model) => count(model.in_flight) },
    { title: "Failures in a row", number: true, cell: (model) => count(model.consecutive_failures) },
    { title: "Times opened", number: true, cell: (model) => count(model.openings) },
  ];
  if (models.some((model) => model.requests_per_minute !== undefined)) {
    columns.push({ title: "Requests left this minute", number: true, cell: (model) => left(model.requests_left, model.requests_per_minute) });
  }
  if (models.some((model) => model.tokens_per_minute !== undefined)) {
    columns.push({ title: "Tokens left this minute", number: true, cell: (model) => left(model.tokens_left, model.tokens_per_minute) });
  }
  refresh(place, table("Upstream health by model", columns, models));
}
