// openai-node, unchanged, against the gateway in front of the simulated models. Run by node_test.py.
import assert from "node:assert/strict";
import { test } from "node:test";
import { baseUrl, leaves, require } from "./gateway.mjs";

const OpenAI = require("openai");
const { zodResponseFormat } = require("openai/helpers/zod");
const { z } = require("zod");

const client = new OpenAI({ baseURL: baseUrl, apiKey: "sk-anything", maxRetries: 0, timeout: 20_000 });
const RIGHT = { simulate: "right;high_confidence" };
const WEATHER = {
  type: "function",
  function: {
    name: "get_weather",
    parameters: { type: "object", properties: { city: { type: "string" } }, required: ["city"], additionalProperties: false },
  },
};
const PIXEL =
  "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

function request(content, fields = {}) {
  return { model: "auto", messages: [{ role: "user", content }], metadata: RIGHT, ...fields };
}

test("a plain answer", async () => {
  const answer = await client.chat.completions.create(request("What is the capital of France?"));
  assert.ok(answer.choices[0].message.content);
  assert.equal(answer.model, "sim/sim-small");
  assert.equal(answer.usage.total_tokens, answer.usage.prompt_tokens + answer.usage.completion_tokens);
});

test("a streamed answer by the raw iterator", async () => {
  const whole = await client.chat.completions.create(request("What is the capital of France?"));
  const stream = await client.chat.completions.create(request("What is the capital of France?", { stream: true }));
  let text = "";
  let finish = null;
  for await (const chunk of stream) {
    text += chunk.choices[0]?.delta?.content ?? "";
    finish = chunk.choices[0]?.finish_reason ?? finish;
    assert.equal(chunk.model, "sim/sim-small");
    assert.equal(chunk.usage ?? null, null);
  }
  assert.equal(text, whole.choices[0].message.content);
  assert.equal(finish, "stop");
});

test("usage and disclosure at the end of a stream", async () => {
  const stream = await client.chat.completions.create(request("hi", { stream: true, stream_options: { include_usage: true } }));
  let last;
  for await (const chunk of stream) last = chunk;
  assert.ok(last.usage.completion_tokens > 0);
  assert.equal(last.tierway.model, "sim/sim-small");
});

test("a streamed answer by the helper", async () => {
  const stream = client.chat.completions.stream(request("Name a colour."));
  const deltas = [];
  stream.on("content.delta", ({ delta }) => deltas.push(delta));
  const final = await stream.finalChatCompletion();
  assert.equal(deltas.join(""), final.choices[0].message.content);
});

test("an escalated answer, whole and streamed", async () => {
  const body = request("Explain gravity.", { metadata: { simulate: "sim-small:wrong;low_confidence;hedge" } });
  const options = { headers: { "x-tierway-class": "judged" } };
  const { data, response } = await client.chat.completions.create(body, options).withResponse();
  assert.equal(response.headers.get("x-tierway-escalation"), "approved; reason=low_confidence");
  assert.equal(data.model, "sim/sim-frontier");
  const stream = await client.chat.completions.create({ ...body, stream: true }, options);
  for await (const chunk of stream) assert.equal(chunk.model, "sim/sim-frontier");
});

test("tools, whole and by the helper", async () => {
  const body = request("What is the weather in Zurich?", { tools: [WEATHER], tool_choice: "required" });
  const answer = await client.chat.completions.create(body);
  const call = answer.choices[0].message.tool_calls[0];
  assert.equal(call.function.name, "get_weather");
  assert.ok("city" in JSON.parse(call.function.arguments));
  const final = await client.chat.completions.stream(body).finalChatCompletion();
  assert.equal(final.choices[0].finish_reason, "tool_calls");
  assert.ok("city" in JSON.parse(final.choices[0].message.tool_calls[0].function.arguments));
});

test("a JSON schema by the parse helper", async () => {
  const Person = z.object({ name: z.string(), age: z.number().int() });
  for (const headers of [{}, { "x-tierway-class": "judged" }]) {
    const answer = await client.chat.completions.parse(
      request("Extract: Ann is 30.", { response_format: zodResponseFormat(Person, "person") }), { headers });
    assert.equal(typeof answer.choices[0].message.parsed.name, "string");
  }
});

test("images", async () => {
  const answer = await client.chat.completions.create(
    request([{ type: "text", text: "What is it?" }, { type: "image_url", image_url: { url: PIXEL } }]));
  assert.ok(answer.choices[0].message.content);
});

test("log-probabilities are there when asked for and only then", async () => {
  const headers = { "x-tierway-class": "judged" };
  const asked = await client.chat.completions.create(request("hi", { logprobs: true, top_logprobs: 2 }), { headers });
  assert.ok(asked.choices[0].logprobs.content.length > 0);
  const silent = await client.chat.completions.create(request("hi"), { headers });
  assert.equal(silent.choices[0].logprobs, null);
});

test("two choices", async () => {
  const answer = await client.chat.completions.create(request("hi", { n: 2 }));
  assert.deepEqual(answer.choices.map((choice) => choice.index), [0, 1]);
});

test("errors have their classes and codes", async () => {
  await assert.rejects(client.chat.completions.create(request("hi", { model: "sim/sim-smal" })), (error) => {
    assert.ok(error instanceof OpenAI.NotFoundError);
    assert.equal(error.code, "model_not_found");
    assert.equal(error.param, "model");
    assert.ok(error.requestID);
    return true;
  });
  await assert.rejects(client.chat.completions.create(request("hi", { n: 1000 })), OpenAI.BadRequestError);
  await assert.rejects(client.chat.completions.create(request("hi", { metadata: { simulate: "status=429" } })), OpenAI.RateLimitError);
  await assert.rejects(client.chat.completions.create(request("hi", { metadata: { simulate: "status=500" } })),
    OpenAI.InternalServerError);
});

for (const fault of ["cut_after=3", "reset_after=3", "no_finish", "stall_after=3", "error_after=3"]) {
  const body = request("Tell me a long story.", { metadata: { simulate: fault + ";events=40" } });
  test(`a stream broken by ${fault} throws by the raw iterator`, async () => {
    const stream = await client.chat.completions.create({ ...body, stream: true });
    await assert.rejects(async () => {
      for await (const chunk of stream) assert.ok(chunk);
    }, (error) => {
      assert.ok(error instanceof OpenAI.APIError, String(error));
      assert.ok(error.code, "the error event arrived before the cut");
      return true;
    });
  });
  test(`a stream broken by ${fault} throws by the helper`, async () => {
    await assert.rejects(client.chat.completions.stream(body).finalChatCompletion(), OpenAI.OpenAIError);
  });
}

test("models are listed and retrieved, names with a slash too", async () => {
  const names = [];
  for await (const model of client.models.list()) names.push(model.id);
  assert.ok(names.includes("sim/sim-frontier"));
  for (const name of names) assert.equal((await client.models.retrieve(name)).id, name);
  await assert.rejects(client.models.retrieve("sim/nothing"), OpenAI.NotFoundError);
});

test("disclosure headers", async () => {
  const { response } = await client.chat.completions.create(request("hi")).withResponse();
  for (const name of ["request-id", "class", "tier", "model", "escalation", "cost-usd", "baseline-usd", "policy"]) {
    assert.ok(response.headers.get("x-tierway-" + name), name);
  }
});

test("an aborted stream is recorded as a client that left", async () => {
  await leaves(async () => {
    const stream = await client.chat.completions.create(
      request("A long story.", { stream: true, metadata: { simulate: "events=2000;pace=10ms" } }));
    for await (const chunk of stream) {
      assert.ok(chunk);
      stream.controller.abort();
      break;
    }
  });
});

test("an aborted call is recorded as a client that left", async () => {
  await leaves(async () => {
    const controller = new AbortController();
    const call = client.chat.completions.create(request("slow", { metadata: { simulate: "delay=20s" } }), { signal: controller.signal });
    setTimeout(() => controller.abort(), 300);
    await assert.rejects(call, OpenAI.APIUserAbortError);
  });
});

test("twenty at once over kept connections", async () => {
  const answers = await Promise.all(Array.from({ length: 20 }, (_, i) => client.chat.completions.create(request(`Say ${i}.`))));
  assert.ok(answers.every((answer) => answer.choices[0].message.content));
});
