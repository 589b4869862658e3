// A decision record in the order in which it was made: asked, classified, bound, gated, attempted, judged, billed.

import { outcomeOf } from "./decision_columns.js";
import { append, chip, element, table } from "./dom.js";
import { count, dayAndClock, decimal, milliseconds, percent, usd, words } from "./format.js";
import { color } from "./tiers.js";

function facts(pairs) {
  const list = element("dl", { class: "facts" });
  for (const [name, value] of pairs) {
    if (value !== undefined && value !== null && value !== false && value !== "") {
      append(list, [element("dt", {}, name), element("dd", {}, value)]);
    }
  }
  return list;
}

function section(title, ...content) {
  const shown = content.filter(Boolean);
  return shown.length > 0 && element("section", {}, element("h3", {}, title), ...shown);
}

const tier = (name) => name && chip(name, color(name));
const yes = (value) => (value ? "yes" : null);

function asked(record) {
  return section("Asked", facts([
    ["Request", element("code", {}, record.request_id)],
    ["Trace", record.trace_id && element("code", {}, record.trace_id)],
    ["Time", dayAndClock(record.time)],
    ["Call", [record.method, record.path].filter(Boolean).join(" ")],
    ["Model asked for", record.asked_model],
    ["Key", record.principal && record.principal + (record.team ? ` (team ${record.team})` : "")],
    ["Streamed", yes(record.stream)],
    ["Answers", record.simulated && "simulated: the provider labelled this answer so"],
  ]));
}

/** Features of the ask and its envelope, as `explain` names them. */
export function featureFacts(features) {
  const share = (value) => (value === undefined ? null : percent(value, 1));
  return facts([
    ["Ask", features.ask_bytes !== undefined && `${count(features.ask_bytes)} bytes`],
    ["Prompt", features.prompt_tokens !== undefined && `about ${count(features.prompt_tokens)} tokens`],
    ["User turns", features.turns],
    ["Script", features.language],
    ["Code", share(features.code_share)],
    ["Digits", share(features.digit_share)],
    ["Image", yes(features.has_image)],
    ["Audio", yes(features.has_audio)],
    ["Tools", features.tools ? count(features.tools) : yes(features.has_tools)],
    ["JSON schema", yes(features.json_schema)],
    ["Last turn is a tool's result", yes(features.last_turn_is_tool_result)],
  ]);
}

function classified(record) {
  return record.class && section("Classified", facts([
    ["Class", record.class],
    ["Confidence", decimal(record.class_confidence)],
    ["By", words(record.classifier)],
    ["Because", record.class_reason],
  ]), record.features && element("h4", {}, "Features"), record.features && featureFacts(record.features));
}

function bound(record) {
  return section("Bound and gated", facts([
    ["Bound to", tier(record.bound_tier)],
    ["Answered by", record.model && element("span", {}, tier(record.tier), " ", record.model)],
    ["Says it is", record.upstream_model],
    ["Passed over", record.passed_over?.map((each) => `${each.model} (${words(each.missing)})`).join(", ")],
    ["Gate", words(record.gate)],
    ["May cost", record.cost_ceiling_usd !== undefined && usd(record.cost_ceiling_usd)],
    ["Would have gone to", record.gate_from && `${record.gate_from}, for up to ${usd(record.gate_estimate_usd)}`],
    ["Attempts not made for their cost", record.attempts_declined],
  ]));
}

function attempts(record) {
  if (!record.attempts?.length) {
    return null;
  }
  return section("Attempts", table("Attempts", [
    { title: "Model", cell: (each) => element("span", {}, tier(each.tier), " ", each.model) },
    { title: "For", cell: (each) => words(each.purpose) },
    { title: "Tokens in", number: true, cell: (each) => count(each.prompt_tokens) },
    { title: "cached", number: true, cell: (each) => count(each.cached_tokens) },
    { title: "out", number: true, cell: (each) => count(each.completion_tokens) },
    { title: "Usage", cell: (each) => words(each.usage) },
    { title: "Cost", number: true, cell: (each) => usd(each.cost_usd, 6) },
    { title: "Problem", class: "wrap", cell: (each) => each.error ?? "" },
  ], record.attempts));
}

function meter(value) {
  const fill = element("i");
  fill.style.width = `${100 * Math.min(Math.max(value, 0), 1)}%`;
  return element("span", { class: "meter", ariaHidden: "true" }, fill);
}

function judged(record) {
  const signals = record.signals?.length && table("Signals", [
    { title: "Signal", cell: (each) => words(each.signal) },
    { title: "Score", cell: (each) => element("span", {}, decimal(each.score), " ", meter(each.score)) },
    { title: "Why", class: "wrap", cell: (each) => words(each.reason) },
  ], record.signals);
  const opinions = record.opinions?.length && table("Opinions of other models", [
    { title: "Opinion", cell: (each) => words(each.signal) },
    { title: "Model", cell: (each) => each.model },
    { title: "Outcome", cell: (each) => words(each.outcome) },
  ], record.opinions);
  const climbs = record.climbs?.length && table("Climbs", [
    { title: "Climb", cell: (each) => `${each.from} → ${each.to}` },
    { title: "Wanted for", cell: (each) => words(each.why) },
    { title: "Verdict", cell: (each) => element("span", { class: `verdict ${each.verdict}` }, each.verdict) },
    { title: "Reason", cell: (each) => words(each.reason) },
    { title: "Estimate", number: true, cell: (each) => usd(each.estimate_usd, 6) },
  ], record.climbs);
  const confidence = record.confidence !== undefined && facts([["Confidence in the draft", decimal(record.confidence)]]);
  return section("Judged and escalated", confidence, signals, opinions, climbs);
}

function billed(record) {
  const saved = Number(record.baseline_usd ?? 0) - Number(record.cost_usd ?? 0);
  return section("Cost and time", facts([
    ["Cost", usd(record.cost_usd, 9)],
    ["All-frontier baseline", usd(record.baseline_usd, 9)],
    ["Saved", `${usd(saved, 9)} (${percent(saved, Number(record.baseline_usd))})`],
    ["Estimate before sending", usd(record.estimate_usd, 9)],
    ["Duration", milliseconds(record.duration_ms)],
    ["To the first token", record.time_to_first_token_ms !== undefined && milliseconds(record.time_to_first_token_ms)],
    ["In the gateway itself", milliseconds(record.overhead_ms)],
    ["Fallbacks", record.fallbacks || null],
    ["Policy", record.policy && element("code", {}, record.policy)],
  ]));
}

/** The decision in a sentence or two. */
function story(record) {
  const how = {
    approved: `climbed for ${words(record.escalation_reason)}`,
    denied: `was denied a climb (${words(record.escalation_reason)})`,
  }[record.escalation];
  const where = record.tier ? `answered by ${record.tier}` : "not answered by any tier";
  const first = record.class ? `A request of class ${record.class}, bound to ${record.bound_tier ?? "no tier"}, ${how ? `${how} and ` : ""}was ${where}.` : "The request was refused before it had a class.";
  const tried = (record.attempts?.length ?? 0) > 1 ? ` It took ${record.attempts.length} attempts.` : "";
  return first + tried;
}

function ended(record) {
  return section("Outcome", element("p", {}, outcomeOf(record)), element("p", { class: "story" }, story(record)), record.error_detail && element("p", { class: "detail wrap" }, record.error_detail));
}

export function sections(record) {
  return [ended, asked, classified, bound, attempts, judged, billed].map((make) => make(record)).filter(Boolean).concat(
    element("details", {}, element("summary", {}, "The record as JSON"), element("pre", { tabIndex: 0 }, JSON.stringify(record, null, 2))));
}
