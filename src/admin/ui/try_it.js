// Asks the router what it would do with a request, and shows its answer. Nothing is sent to a provider.

import * as api from "./api.js";
import { chip, element } from "./dom.js";
import { featureFacts } from "./drawer_sections.js";
import { decimal, usd, words } from "./format.js";
import { color } from "./tiers.js";

const tier = (name) => chip(name, color(name));

function facts(pairs) {
  return element("dl", { class: "facts" },
    pairs.filter(([, value]) => value).map(([name, value]) => [element("dt", {}, name), element("dd", {}, value)]));
}

const passedOver = (route) => route.passed_over?.map((each) => `${each.model} (${words(each.missing)})`).join(", ");

function climb(route) {
  return route.cascade && element("span", {}, tier(route.cascade.to), ` when the confidence in the draft is below ${decimal(route.cascade.below)}`);
}

function explanation(answer) {
  const { route, gate } = answer;
  return [
    answer.error && element("p", { class: "problem" }, `It would be refused: ${answer.error.message}`),
    facts([
      ["Class", answer.class && `${answer.class}, confidence ${decimal(answer.class_confidence)}`],
      ["By", words(answer.classifier)],
      ["Because", answer.reason],
      ["Goes to", route && element("span", {}, tier(route.tier), ` ${route.models.join(", then ")}`)],
      ["Bound to", route && route.bound_tier !== route.tier && route.bound_tier],
      ["Passed over", route && passedOver(route)],
      ["Escalates to", route && climb(route)],
      ["May cost up to", answer.estimate_usd !== undefined && usd(answer.estimate_usd)],
      ["Gate", gate && words(gate.verdict)],
      ["Climbs asked", answer.climbs?.map((each) => `${each.from} → ${each.to}: ${each.verdict} (${words(each.reason)})`).join(", ")],
    ]),
    answer.features && element("h4", {}, "Features"),
    answer.features && featureFacts({ ...answer.features, tools: answer.features.tool_names?.length }),
    element("details", {}, element("summary", {}, "The explanation as JSON"), element("pre", { tabIndex: 0 }, JSON.stringify(answer, null, 2))),
  ].filter(Boolean);
}

export class TryIt {
  constructor(form, place) {
    this.place = place;
    this.text = element("textarea", { id: "try-prompt", rows: 4, required: true, placeholder: "Extract the dates: we met on 3 May and on 7 June.",
      onkeydown: (event) => event.key === "Enter" && (event.ctrlKey || event.metaKey) && form.requestSubmit() });
    this.whole = element("input", { type: "checkbox", onchange: () => this.kindChanged() });
    this.model = element("input", { type: "text", value: "auto", spellcheck: false, size: 14 });
    this.class = element("select", {}, element("option", { value: "" }, "classified"));
    this.keyId = element("select", {}, element("option", { value: "" }, "nobody's"));
    this.keyLabel = element("label", { hidden: true }, "Key ", this.keyId);
    this.modelLabel = element("label", {}, "Model ", this.model);
    this.title = element("label", { htmlFor: "try-prompt" }, "Prompt");
    form.append(this.title, this.text, element("div", { class: "fields" },
      this.modelLabel, element("label", {}, "Class ", this.class), this.keyLabel,
      element("label", {}, this.whole, " whole request as JSON"), element("button", { type: "submit" }, "Explain")));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.ask();
    });
  }

  setPolicy(policy) {
    const fill = (select, first, names) => {
      const chosen = select.value;
      select.replaceChildren(element("option", { value: "" }, first), ...names.map((name) => element("option", { value: name }, name)));
      select.value = names.includes(chosen) ? chosen : "";
    };
    fill(this.class, "classified", policy.classes.map((each) => each.class));
    fill(this.keyId, "nobody's", policy.keys);
    this.keyLabel.hidden = policy.keys.length === 0;
  }

  kindChanged() {
    this.title.textContent = this.whole.checked ? "Body of a chat completion" : "Prompt";
    this.modelLabel.hidden = this.whole.checked;
  }

  question() {
    const about = { ...(this.class.value && { class: this.class.value }), ...(this.keyId.value && { key: this.keyId.value }) };
    return this.whole.checked
      ? { request: JSON.parse(this.text.value), ...about }
      : { prompt: this.text.value, model: this.model.value || "auto", ...about };
  }

  async ask() {
    try {
      this.place.replaceChildren(...explanation(await api.explain(this.question())));
    } catch (problem) {
      const text = problem instanceof SyntaxError ? `That is not JSON: ${problem.message}` : problem.message;
      this.place.replaceChildren(element("p", { class: "problem" }, text));
    }
  }
}
