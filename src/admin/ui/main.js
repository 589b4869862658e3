// Puts the page together and keeps it up to date.

import * as api from "./api.js";
import { DecisionStore } from "./decision_store.js";
import { DecisionsTable } from "./decisions_table.js";
import { byId } from "./dom.js";
import { Drawer } from "./drawer.js";
import { showEscalations } from "./escalations.js";
import { Filters } from "./filters.js";
import { showFlow, showLegend } from "./flow.js";
import { count } from "./format.js";
import { showHealth } from "./health.js";
import { requestsInSteps, visibleStep } from "./points.js";
import { RequestsChart } from "./requests_chart.js";
import { SignIn } from "./sign_in.js";
import { SpendChart } from "./spend_chart.js";
import { setTiers } from "./tiers.js";
import { showTotals } from "./totals.js";
import { TryIt } from "./try_it.js";

const EVERY_MS = 2_000;
const POLICY_EVERY_MS = 30_000;

const store = new DecisionStore();
const drawer = new Drawer(byId("drawer"), neighbour, (record) => table.focusRecord(record));
const table = new DecisionsTable(byId("decisions-table"), store, (record) => drawer.show(record));
const filters = new Filters(byId("filters"), filterChanged);
const tryIt = new TryIt(byId("try-it"), byId("explanation"));
const spendChart = new SpendChart(byId("spend-chart"));
const requestsChart = new RequestsChart(byId("requests-chart"));
const signIn = new SignIn(round);

let policy = null;
let policyAt = 0;
let timer = 0;
let started = 0;
let running = false;
let again = false;

function neighbour(record, step) {
  return store.records[table.indexOf(record.sequence) + step];
}

function filterChanged(filter) {
  store.reset(filter);
  table.update(null);
  round();
}

const shownWindow = () => document.querySelector("input[name=window]:checked").value;
const boundTier = (name) => policy.classes.find((each) => each.class === name)?.tier;

async function refreshPolicy() {
  if (policy && performance.now() - policyAt < POLICY_EVERY_MS) {
    return;
  }
  policy = await api.policy();
  policyAt = performance.now();
  setTiers(policy.tiers.map((each) => each.tier));
  filters.setClasses(policy.classes.map((each) => each.class));
  tryIt.setPolicy(policy);
  byId("policy").textContent = `v${policy.version} · policy ${policy.policy}`;
}

function showSummary(summary) {
  showTotals(byId("totals"), summary);
  spendChart.show(summary.points);
  const step = visibleStep(summary.points, summary.step_seconds);
  requestsChart.show(requestsInSteps(summary.points, step));
  byId("requests-note").textContent = `Requests in each ${step < 60 ? `${step} s` : `${step / 60} min`}`;
  showLegend(byId("tier-legend"), summary.window.classes);
  showFlow(byId("flow"), summary.window.classes, boundTier);
  showEscalations(byId("escalations"), summary.window.escalations);
}

function showDecisions(added) {
  table.update(added);
  const known = store.records.length;
  const filtered = Object.keys(store.filter).length > 0;
  table.say(known > 0 ? "" : filtered ? "None of the decisions that are kept is of this kind." : "No decisions yet. Send a request to the data plane, and it appears here.");
  byId("decisions-count").textContent = known > 0 ? `${count(known)}${store.complete ? "" : "+"}, newest first` : "";
  if (store.records.some((record) => record.simulated)) {
    byId("simulated").hidden = false;
  }
}

function showConnection(state, text) {
  const place = byId("connection");
  // A status is read out when it is set: only a change is.
  if (place.dataset.state !== state) {
    place.dataset.state = state;
    place.textContent = text;
  }
}

async function refresh() {
  await refreshPolicy();
  const [summary, models, added] = await Promise.all([api.summary(shownWindow()), api.models(), store.refresh()]);
  if (started !== 0 && summary.started !== started) {
    // Another process: its decisions count anew.
    store.reset(store.filter);
    table.update(null);
    again = true;
  }
  started = summary.started;
  byId("page").hidden = false;
  byId("sign-out").hidden = !api.hasToken();
  showSummary(summary);
  showHealth(byId("health"), models);
  showDecisions(added);
  showConnection("live", "Live");
}

/** One look at the server; the next follows after a while, or at once when it was asked for meanwhile, unless nobody is looking. */
async function round() {
  if (running) {
    again = true;
    return;
  }
  running = true;
  again = false;
  clearTimeout(timer);
  try {
    await refresh();
  } catch (problem) {
    if (problem instanceof api.Unauthorized) {
      showConnection("waiting", "Signed out");
      signIn.ask();
      return;
    }
    showConnection("lost", "No connection, trying again");
    console.warn(problem);
  } finally {
    running = false;
  }
  if (!document.hidden) {
    timer = setTimeout(round, again ? 0 : EVERY_MS);
  }
}

byId("windows").addEventListener("change", round);
document.addEventListener("visibilitychange", () => !document.hidden && round());
round();
