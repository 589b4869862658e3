// What the tests of every client need: the packages, the gateway's addresses, its models and its records.
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { test } from "node:test";
import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";

// The packages live in the build folder, not beside this file.
export const require = createRequire(process.env.TIERWAY_NODE_ROOT + "/");
export const baseUrl = process.env.TIERWAY_URL;
export const key = process.env.TIERWAY_KEY ?? "sk-anything";

// One model for each dialect that a provider may speak; the part before the slash names the dialect.
export const models = (process.env.TIERWAY_MODELS ?? "").split(",").filter(Boolean);
export const keepsSeals = (model) => process.env.TIERWAY_SEALING_MODELS.split(",").includes(model);

/** What a model says to the result of a tool that its `maker` called with a thought. DeepSeek takes thoughts back that have no seal. */
export function told(maker, model = maker) {
  if (maker.startsWith("deepseek") || model.startsWith("deepseek")) return new RegExp(`^The tool said: ${TOLD} Thoughts: [01]\\.$`);
  return new RegExp(`^The tool said: ${TOLD} Thoughts: ${maker === model && keepsSeals(model) ? 1 : 0}\\.$`);
}

export const ANSWER = "Paris is the capital of France.";
export const QUESTION = "What is the capital of France?";
export const TOLD = "Sunny, 21 °C.";
export const CITY_SCHEMA = { type: "object", properties: { city: { type: "string" } }, required: ["city"], additionalProperties: false };

export function withEachModel(claim, run) {
  for (const model of models) test(`${claim}, by ${model}`, () => run(model));
}

export async function decisions() {
  const response = await fetch(process.env.TIERWAY_ADMIN_URL + "/api/decisions?last=1000");
  return response.json();
}

/** A model that failed rests for a moment, however short. */
export const rested = () => sleep(30);

/** Of a stream that breaks off: whether its reader threw. */
export async function throws(read) {
  try {
    await read();
    return false;
  } catch {
    return true;
  }
}

/** Runs `leave`, and waits for the record of a client that left. */
export async function leaves(leave) {
  const known = new Set((await decisions()).map((record) => record.request_id));
  await leave();
  for (let i = 0; i < 500; ++i) {
    const found = (await decisions()).find((record) => record.status === 499 && !known.has(record.request_id));
    if (found) {
      assert.equal(found.outcome, "client_gone");
      return found;
    }
    await sleep(20);
  }
  throw new Error("no record of the client that left");
}

export async function gather(stream) {
  const seen = [];
  for await (const each of stream) seen.push(each);
  return seen;
}
