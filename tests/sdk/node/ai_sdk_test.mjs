// The Vercel AI SDK, unchanged, by each of its providers that can speak to a gateway. Run by node_test.py.
import assert from "node:assert/strict";
import { test } from "node:test";
import { ANSWER, CITY_SCHEMA, QUESTION, TOLD, baseUrl, gather, key, leaves, models, require, rested, throws } from "./gateway.mjs";

const { APICallError, Output, RetryError, generateObject, generateText, isStepCount, jsonSchema, streamText, tool } = require("ai");
const { createOpenAI } = require("@ai-sdk/openai");
const { createOpenAICompatible } = require("@ai-sdk/openai-compatible");
const { createAnthropic } = require("@ai-sdk/anthropic");
const { z } = require("zod");

// Its OpenAI provider speaks Responses unless it is told otherwise; the compatible one speaks Chat; its Anthropic provider sends x-api-key.
const PROVIDERS = {
  "@ai-sdk/openai": createOpenAI({ baseURL: baseUrl, apiKey: key }),
  "@ai-sdk/openai-compatible": createOpenAICompatible({ name: "tierway", baseURL: baseUrl, apiKey: key, supportsStructuredOutputs: true }),
  "@ai-sdk/anthropic": createAnthropic({ baseURL: baseUrl, apiKey: key }),
};
const Person = z.object({ name: z.string(), age: z.number() });

function weather(told = []) {
  return {
    get_weather: tool({
      description: "The weather of a city",
      inputSchema: jsonSchema(CITY_SCHEMA),
      execute: async (input) => {
        told.push(input);
        return TOLD;
      },
    }),
  };
}

for (const [name, provider] of Object.entries(PROVIDERS)) {
  const each = (claim, run) => {
    for (const model of models) test(`${name}: ${claim}, by ${model}`, () => run(provider(model)));
  };
  // Unless it is told that nothing is kept, its OpenAI provider refers to thoughts by ids instead of sending them.
  const common = { maxRetries: 0, maxOutputTokens: 500, providerOptions: { openai: { store: false } } };

  each("generateText", async (model) => {
    const answer = await generateText({ ...common, model, instructions: "Be brief.", prompt: QUESTION });
    assert.equal(answer.text, `${ANSWER} Told: Be brief.`);
    assert.equal(answer.finishReason, "stop");
    assert.deepEqual([answer.usage.inputTokens, answer.usage.outputTokens], [20, 10]);
  });

  each("streamText", async (model) => {
    const answer = streamText({ ...common, model, prompt: QUESTION });
    assert.equal((await gather(answer.textStream)).join(""), ANSWER);
    assert.equal(await answer.finishReason, "stop");
  });

  each("generateText runs a tool and goes on", async (model) => {
    const told = [];
    const answer = await generateText({ ...common, model, prompt: "The weather in Zürich?", tools: weather(told), stopWhen: isStepCount(3) });
    assert.deepEqual(told, [{ city: "Zürich" }]);
    assert.equal(answer.steps.length, 2);
    assert.match(answer.text, /^The tool said: "?Sunny, 21 °C\.?/);
  });

  each("streamText runs a tool and goes on", async (model) => {
    const told = [];
    const answer = streamText({ ...common, model, prompt: "The weather in Zürich?", tools: weather(told), stopWhen: isStepCount(3) });
    const parts = await gather(answer.fullStream);
    assert.deepEqual(told, [{ city: "Zürich" }]);
    assert.ok(parts.some((part) => part.type === "tool-result"));
    assert.match(await answer.text, /^The tool said: "?Sunny, 21 °C\.?/);
  });

  each("a thought is shown, and goes with the result of a tool", async (model) => {
    const answer = await generateText({ ...common, maxOutputTokens: 4000, model, prompt: "Think of the weather in Zürich.", tools: weather(),
      stopWhen: isStepCount(3) });
    assert.equal(answer.steps[0].reasoningText, "The city is Zürich.");
    assert.match(answer.text, /^The tool said: "?Sunny, 21 °C\.?/);
  });

  each("generateObject", async (model) => {
    const answer = await generateObject({ ...common, model, schema: Person, prompt: "Extract: Ann is 30." });
    assert.deepEqual(answer.object, { name: "Ann", age: 30 });
  });

  each("an object as the output of streamText", async (model) => {
    const answer = streamText({ ...common, model, output: Output.object({ schema: Person }), prompt: "Extract: Ann is 30." });
    await answer.consumeStream();
    assert.deepEqual(await answer.output, { name: "Ann", age: 30 });
  });

  each("errors can be told apart", async (model) => {
    for (const [what, status, retryable] of [["limited", 429, true], ["overloaded", undefined, true], ["long", 400, false]]) {
      await rested();
      await assert.rejects(generateText({ ...common, model, prompt: `Refuse ${what}` }), (error) => {
        assert.ok(APICallError.isInstance(error), String(error));
        if (status) assert.equal(error.statusCode, status);
        else assert.ok(error.statusCode >= 500);
        assert.equal(error.isRetryable, retryable);
        assert.notEqual(error.message, "Bad Request", "the message is read from our envelope");
        return true;
      });
    }
  });

  each("a stream that breaks off ends with an error", async (model) => {
    for (const fault of ["Fail", "Cut"]) {
      await rested();
      const parts = [];
      const threw = await throws(async () => {
        for await (const part of streamText({ ...common, model, prompt: fault, onError: () => {} }).fullStream) parts.push(part.type);
      });
      assert.ok(threw || parts.includes("error"), `${fault}: ${parts}`);
    }
  });

  each("an aborted stream is recorded as a client that left", async (model) => {
    await leaves(async () => {
      const controller = new AbortController();
      const answer = streamText({ ...common, model, prompt: "Story", abortSignal: controller.signal, onError: () => {} });
      for await (const part of answer.fullStream) {
        if (part.type === "text-delta") controller.abort();
      }
    });
  });

  test(`${name}: an unknown model is told`, async () => {
    await assert.rejects(generateText({ ...common, model: provider("openai/smal"), prompt: QUESTION }), (error) => {
      assert.equal(error.statusCode, 404);
      assert.match(error.message, /openai\/small/);
      return true;
    });
  });
}

test("an overloaded provider is asked again", async () => {
  const model = PROVIDERS["@ai-sdk/anthropic"]("anthropic/small");
  const answer = await generateText({ model, maxRetries: 1, prompt: "Recover for the AI SDK" }).catch((error) => {
    assert.ok(!RetryError.isInstance(error), String(error));
    throw error;
  });
  assert.equal(answer.text, ANSWER);
});
