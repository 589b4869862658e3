// @anthropic-ai/sdk, unchanged, on /v1/messages before providers of every dialect. Run by node_test.py.
import assert from "node:assert/strict";
import { test } from "node:test";
import { ANSWER, CITY_SCHEMA, QUESTION, TOLD, baseUrl, gather, key, leaves, models, require, rested, told, withEachModel } from "./gateway.mjs";

const Anthropic = require("@anthropic-ai/sdk");
const { zodOutputFormat } = require("@anthropic-ai/sdk/helpers/zod");
const { z } = require("zod");

const root = baseUrl.replace(/\/v1$/, "");
const client = new Anthropic({ baseURL: root, apiKey: key, maxRetries: 0, timeout: 20_000 });
const patient = new Anthropic({ baseURL: root, apiKey: key, maxRetries: 2, timeout: 20_000 });
const WEATHER = { name: "get_weather", description: "The weather of a city", input_schema: CITY_SCHEMA };

function request(model, content = QUESTION, fields = {}) {
  return { model, max_tokens: 500, messages: [{ role: "user", content }], ...fields };
}

withEachModel("a plain answer with its usage", async (model) => {
  const answer = await client.messages.create(request(model, QUESTION, { system: "Be brief." }));
  assert.equal(answer.type, "message");
  assert.equal(answer.role, "assistant");
  assert.equal(answer.model, model);
  assert.deepEqual(answer.content.map((block) => block.type), ["text"]);
  assert.equal(answer.content[0].text, `${ANSWER} Told: Be brief.`);
  assert.equal(answer.stop_reason, "end_turn");
  assert.equal(answer.usage.input_tokens, 20);
  assert.equal(answer.usage.output_tokens, 10);
  assert.ok(answer._request_id);
});

withEachModel("a stream by the raw iterator", async (model) => {
  const events = await gather(await client.messages.create(request(model, QUESTION, { stream: true })));
  assert.equal(events[0].type, "message_start");
  assert.equal(events.at(-1).type, "message_stop");
  assert.equal(events.filter((event) => event.delta?.type === "text_delta").map((event) => event.delta.text).join(""), ANSWER);
  const end = events.find((event) => event.type === "message_delta");
  assert.equal(end.delta.stop_reason, "end_turn");
  assert.equal(end.usage.output_tokens, 10);
});

withEachModel("a stream by the helper", async (model) => {
  const pieces = [];
  const stream = client.messages.stream(request(model)).on("text", (text) => pieces.push(text));
  const final = await stream.finalMessage();
  assert.equal(pieces.join(""), ANSWER);
  assert.equal(final.content[0].text, ANSWER);
  assert.equal(final.model, model);
  assert.deepEqual([final.usage.input_tokens, final.usage.output_tokens], [20, 10]);
});

for (const streamed of [false, true]) {
  const ask = (body) => (streamed ? client.messages.stream(body).finalMessage() : client.messages.create(body));
  const how = streamed ? "streamed" : "whole";

  withEachModel(`a tool is called and told of, ${how}`, async (model) => {
    const body = request(model, "What is the weather in Zürich?", { tools: [WEATHER] });
    const answer = await ask(body);
    assert.equal(answer.stop_reason, "tool_use");
    const call = answer.content.find((block) => block.type === "tool_use");
    assert.equal(call.name, "get_weather");
    assert.deepEqual(call.input, { city: "Zürich" });
    const after = await ask({ ...body, messages: [...body.messages, { role: "assistant", content: answer.content },
      { role: "user", content: [{ type: "tool_result", tool_use_id: call.id, content: TOLD }] }] });
    assert.equal(after.content.at(-1).text, `The tool said: ${TOLD} Thoughts: 0.`);
    assert.equal(after.stop_reason, "end_turn");
  });

  withEachModel(`a thought is told, and comes back to its maker with the result of a tool, ${how}`, async (model) => {
    const body = request(model, "Think of the weather in Zürich.", { max_tokens: 4000, thinking: { type: "adaptive" }, tools: [WEATHER] });
    const answer = await ask(body);
    assert.equal(answer.content[0].type, "thinking");
    assert.equal(answer.content[0].thinking, "The city is Zürich.");
    const call = answer.content.find((block) => block.type === "tool_use");
    const after = await ask({ ...body, messages: [...body.messages, { role: "assistant", content: answer.content },
      { role: "user", content: [{ type: "tool_result", tool_use_id: call.id, content: [{ type: "text", text: TOLD }] }] }] });
    assert.match(after.content.at(-1).text, told(model));
  });

  withEachModel(`a thought of one provider does not disturb another, ${how}`, async (maker) => {
    const body = request(maker, "Think of the weather in Zürich.", { max_tokens: 4000, thinking: { type: "adaptive" }, tools: [WEATHER] });
    const answer = await ask(body);
    const call = answer.content.find((block) => block.type === "tool_use");
    // Bedrock serves Anthropic's models: whether they read each other's seals is not ours to say.
    const others = models.filter((each) => each !== maker && !(each.startsWith("bedrock") || maker.startsWith("bedrock")));
    for (const model of others) {
      const after = await ask({ ...body, model, messages: [...body.messages, { role: "assistant", content: answer.content },
        { role: "user", content: [{ type: "tool_result", tool_use_id: call.id, content: TOLD }] }] });
      assert.match(after.content.at(-1).text, told(maker, model));
    }
  });

  test(`an answer is escalated from one dialect to another, ${how}`, async () => {
    const answer = await client.messages.create(request("auto", "Hedge", { stream: streamed }),
      { headers: { "x-tierway-class": "openai_to_anthropic" } }).withResponse();
    assert.equal(answer.response.headers.get("x-tierway-escalation"), "approved; reason=low_confidence");
    const answered = streamed ? (await gather(answer.data)).find((event) => event.type === "message_start").message : answer.data;
    assert.equal(answered.model, "anthropic/frontier");
  });
}

withEachModel("JSON by a schema and the parse helper", async (model) => {
  const Person = z.object({ name: z.string(), age: z.number() });
  const answer = await client.messages.parse(request(model, "Extract: Ann is 30.", { output_config: { format: zodOutputFormat(Person) } }));
  assert.deepEqual(answer.parsed_output, { name: "Ann", age: 30 });
});

test("tokens are counted without a call", async () => {
  const short = await client.messages.countTokens({ model: models[0], messages: [{ role: "user", content: "Hello" }] });
  const long = await client.messages.countTokens({ model: models[0], messages: [{ role: "user", content: "Hello ".repeat(1000) }] });
  assert.ok(short.input_tokens > 0);
  assert.ok(long.input_tokens > short.input_tokens + 500);
});

test("models are listed in Anthropic's shape", async () => {
  const listed = [];
  for await (const model of client.models.list()) listed.push(model);
  for (const model of models) assert.ok(listed.some((each) => each.id === model && each.type === "model"), model);
  assert.equal((await client.models.retrieve(models[0])).id, models[0]);
});

withEachModel("errors have their classes", async (model) => {
  const refusal = async (what, kind, type) => {
    for (const stream of [false, true]) {
      await rested();
      await assert.rejects(client.messages.create(request(model, `Refuse ${what}`, { stream })), (error) => {
        assert.ok(error instanceof kind, `${what}: ${error}`);
        assert.equal(error.error.type, "error");
        assert.equal(error.type, type);
        assert.ok(error.error.error.message);
        assert.ok(error.requestID);
        return true;
      });
    }
  };
  await refusal("limited", Anthropic.RateLimitError, "rate_limit_error");
  await refusal("overloaded", Anthropic.InternalServerError, "overloaded_error");
  await refusal("long", Anthropic.BadRequestError, "invalid_request_error");
  await refusal("invalid", Anthropic.BadRequestError, "invalid_request_error");
});

test("an unknown model and a wrong field are told in Anthropic's envelope", async () => {
  await assert.rejects(client.messages.create(request("anthropic/smal")), (error) => {
    assert.ok(error instanceof Anthropic.NotFoundError);
    assert.equal(error.type, "not_found_error");
    return true;
  });
  await assert.rejects(client.messages.create(request(models[0], QUESTION, { max_tokens: -1 })), Anthropic.BadRequestError);
});

withEachModel("an overloaded provider is asked again by the SDK", async (model) => {
  const answer = await patient.messages.create(request(model, `Recover of messages by node from ${model}`));
  assert.equal(answer.content[0].text, ANSWER);
});

test("a request that must not be repeated is not", async () => {
  const headers = { "x-tierway-max-tier": "nonsense" };
  await assert.rejects(patient.messages.create(request(models[0]), { headers }), Anthropic.BadRequestError);
});

for (const fault of ["Fail", "Cut"]) {
  withEachModel(`a stream that breaks off by "${fault}" throws`, async (model) => {
    await rested();
    await assert.rejects(async () => gather(await client.messages.create(request(model, fault, { stream: true }))), Anthropic.APIError);
    await rested();
    await assert.rejects(client.messages.stream(request(model, fault)).finalMessage(), Anthropic.AnthropicError);
  });
}

withEachModel("an aborted stream is recorded as a client that left", async (model) => {
  await leaves(async () => {
    const stream = await client.messages.create(request(model, "Story", { stream: true }));
    for await (const event of stream) {
      if (event.type !== "content_block_delta") continue;
      stream.controller.abort();
      break;
    }
  });
});

withEachModel("an aborted call is recorded as a client that left", async (model) => {
  await leaves(async () => {
    const controller = new AbortController();
    const call = client.messages.create(request(model, "Wait"), { signal: controller.signal });
    setTimeout(() => controller.abort(), 200);
    await assert.rejects(call, Anthropic.APIUserAbortError);
  });
});
