// openai-node, unchanged, on /v1/responses before providers of every dialect. Run by node_test.py.
import assert from "node:assert/strict";
import { test } from "node:test";
import { ANSWER, CITY_SCHEMA, QUESTION, TOLD, baseUrl, gather, key, leaves, require, rested, told, withEachModel } from "./gateway.mjs";

const OpenAI = require("openai");
const { zodTextFormat } = require("openai/helpers/zod");
const { z } = require("zod");

const client = new OpenAI({ baseURL: baseUrl, apiKey: key, maxRetries: 0, timeout: 20_000 });
const patient = new OpenAI({ baseURL: baseUrl, apiKey: key, maxRetries: 2, timeout: 20_000 });
const WEATHER = { type: "function", name: "get_weather", description: "The weather of a city", strict: true, parameters: CITY_SCHEMA };

function request(model, input = QUESTION, fields = {}) {
  return { model, input, store: false, ...fields };
}

// The stream helper adds to its calls what the vendor does not take back.
const history = (output) => output.map(({ parsed_arguments, ...item }) => item);

withEachModel("a plain answer with its usage", async (model) => {
  const answer = await client.responses.create(request(model, QUESTION, { instructions: "Be brief." }));
  assert.equal(answer.object, "response");
  assert.equal(answer.status, "completed");
  assert.equal(answer.model, model);
  assert.equal(answer.output_text, `${ANSWER} Told: Be brief.`);
  assert.deepEqual([answer.usage.input_tokens, answer.usage.output_tokens, answer.usage.total_tokens], [20, 10, 30]);
  assert.ok(answer._request_id);
});

withEachModel("a conversation of items", async (model) => {
  const answer = await client.responses.create(request(model, [
    { role: "developer", content: "Be brief." }, { role: "user", content: [{ type: "input_text", text: "Hello" }] },
    { type: "message", role: "assistant", id: "msg_1", status: "completed", content: [{ type: "output_text", text: "Hi.", annotations: [] }] },
    { role: "user", content: QUESTION }]));
  assert.equal(answer.output_text, `${ANSWER} Told: Be brief.`);
});

withEachModel("a stream by the raw iterator", async (model) => {
  const events = await gather(await client.responses.create(request(model, QUESTION, { stream: true })));
  assert.deepEqual(events.map((event) => event.sequence_number), events.map((_, i) => i));
  assert.equal(events[0].type, "response.created");
  assert.equal(events.at(-1).type, "response.completed");
  assert.equal(events.filter((event) => event.type === "response.output_text.delta").map((event) => event.delta).join(""), ANSWER);
  const { response } = events.at(-1);
  assert.equal(response.model, model);
  assert.equal(response.output[0].content[0].text, ANSWER);
  assert.deepEqual([response.usage.input_tokens, response.usage.output_tokens], [20, 10]);
});

withEachModel("a stream by the helper", async (model) => {
  const deltas = [];
  const stream = client.responses.stream(request(model)).on("response.output_text.delta", ({ delta }) => deltas.push(delta));
  const final = await stream.finalResponse();
  assert.equal(deltas.join(""), ANSWER);
  assert.equal(final.output_text, ANSWER);
});

for (const streamed of [false, true]) {
  const ask = (body) => (streamed ? client.responses.stream(body).finalResponse() : client.responses.create(body));
  const how = streamed ? "streamed" : "whole";

  withEachModel(`a tool is called and told of, ${how}`, async (model) => {
    const body = request(model, [{ role: "user", content: "What is the weather in Zürich?" }], { tools: [WEATHER] });
    const answer = await ask(body);
    const call = answer.output.find((item) => item.type === "function_call");
    assert.equal(call.name, "get_weather");
    assert.equal(call.arguments.replaceAll(" ", ""), '{"city":"Zürich"}');
    const after = await ask({ ...body, input: [...body.input, ...history(answer.output),
      { type: "function_call_output", call_id: call.call_id, output: TOLD }] });
    assert.equal(after.output_text, `The tool said: ${TOLD} Thoughts: 0.`);
  });

  withEachModel(`a thought is told, and comes back to its maker with the result of a tool, ${how}`, async (model) => {
    const body = request(model, [{ role: "user", content: "Think of the weather in Zürich." }],
      { tools: [WEATHER], reasoning: { effort: "medium", summary: "auto" }, include: ["reasoning.encrypted_content"] });
    const answer = await ask(body);
    assert.equal(answer.output[0].type, "reasoning");
    assert.equal(answer.output[0].summary[0].text, "The city is Zürich.");
    const call = answer.output.find((item) => item.type === "function_call");
    const after = await ask({ ...body, input: [...body.input, ...history(answer.output),
      { type: "function_call_output", call_id: call.call_id, output: TOLD }] });
    assert.match(after.output_text, told(model));
  });

  test(`an answer is escalated from one dialect to another, ${how}`, async () => {
    const { data, response } = await client.responses.create(request("auto", "Hedge", { stream: streamed }),
      { headers: { "x-tierway-class": "openai_to_anthropic" } }).withResponse();
    assert.equal(response.headers.get("x-tierway-escalation"), "approved; reason=low_confidence");
    const answered = streamed ? (await gather(data)).at(-1).response : data;
    assert.equal(answered.model, "anthropic/frontier");
    assert.equal(answered.output[0].content[0].text, ANSWER);
  });
}

withEachModel("JSON by a schema and the parse helper", async (model) => {
  const Person = z.object({ name: z.string(), age: z.number() });
  const answer = await client.responses.parse(request(model, "Extract: Ann is 30.", { text: { format: zodTextFormat(Person, "person") } }));
  assert.deepEqual(answer.output_parsed, { name: "Ann", age: 30 });
});

withEachModel("errors have their classes", async (model) => {
  for (const stream of [false, true]) {
    const asked = (what) => client.responses.create(request(model, `Refuse ${what}`, { stream }));
    await rested();
    await assert.rejects(asked("limited"), OpenAI.RateLimitError);
    await rested();
    await assert.rejects(asked("overloaded"), OpenAI.InternalServerError);
    await rested();
    await assert.rejects(asked("invalid"), OpenAI.BadRequestError);
    await assert.rejects(asked("long"), (error) => {
      assert.ok(error instanceof OpenAI.BadRequestError);
      assert.equal(error.code, "context_length_exceeded");
      assert.ok(error.requestID);
      return true;
    });
  }
});

test("an unknown model and what needs a memory are refused by name", async () => {
  await assert.rejects(client.responses.create(request("openai/smal")), (error) => {
    assert.ok(error instanceof OpenAI.NotFoundError);
    assert.equal(error.code, "model_not_found");
    return true;
  });
  await assert.rejects(client.responses.create(request("anthropic/small", QUESTION, { previous_response_id: "resp_1" })), (error) => {
    assert.ok(error instanceof OpenAI.BadRequestError);
    assert.equal(error.param, "previous_response_id");
    return true;
  });
});

withEachModel("an overloaded provider is asked again by the SDK", async (model) => {
  const answer = await patient.responses.create(request(model, `Recover of responses by node from ${model}`));
  assert.equal(answer.output_text, ANSWER);
});

for (const fault of ["Fail", "Cut"]) {
  withEachModel(`a stream that breaks off by "${fault}" does not look complete`, async (model) => {
    await rested();
    let last;
    try {
      for await (const event of await client.responses.create(request(model, fault, { stream: true }))) last = event;
      assert.equal(last.type, "response.failed");
      assert.ok(last.response.error.code);
    } catch (error) {
      assert.ok(error instanceof OpenAI.APIError, String(error));
    }
  });
}

withEachModel("an aborted stream is recorded as a client that left", async (model) => {
  await leaves(async () => {
    const stream = await client.responses.create(request(model, "Story", { stream: true }));
    for await (const event of stream) {
      if (event.type !== "response.output_text.delta") continue;
      stream.controller.abort();
      break;
    }
  });
});

withEachModel("an aborted call is recorded as a client that left", async (model) => {
  await leaves(async () => {
    const controller = new AbortController();
    const call = client.responses.create(request(model, "Wait"), { signal: controller.signal });
    setTimeout(() => controller.abort(), 200);
    await assert.rejects(call, OpenAI.APIUserAbortError);
  });
});
