// LangChain.js, unchanged: ChatOpenAI by Chat and by Responses. Run by node_test.py.
import assert from "node:assert/strict";
import { test } from "node:test";
import { ANSWER, CITY_SCHEMA, QUESTION, TOLD, baseUrl, gather, key, leaves, models, require, rested } from "./gateway.mjs";

const { ChatOpenAI } = require("@langchain/openai");
const { HumanMessage, SystemMessage, ToolMessage } = require("@langchain/core/messages");
const { z } = require("zod");

const Person = z.object({ name: z.string(), age: z.number() });
const WEATHER = { type: "function", function: { name: "get_weather", description: "The weather of a city", parameters: CITY_SCHEMA } };

for (const [door, useResponsesApi] of [["Chat", false], ["Responses", true]]) {
  const chat = (model, maxRetries = 0) =>
    new ChatOpenAI({ model, useResponsesApi, apiKey: key, maxRetries, timeout: 20_000, configuration: { baseURL: baseUrl } });
  const each = (claim, run) => {
    for (const model of models) test(`${door}: ${claim}, by ${model}`, () => run(chat(model)));
  };

  each("invoke", async (model) => {
    const answer = await model.invoke([new SystemMessage("Be brief."), new HumanMessage(QUESTION)]);
    assert.equal(answer.text, `${ANSWER} Told: Be brief.`);
    assert.deepEqual([answer.usage_metadata.input_tokens, answer.usage_metadata.output_tokens], [20, 10]);
  });

  each("stream", async (model) => {
    const chunks = await gather(await model.stream(QUESTION));
    assert.equal(chunks.map((chunk) => chunk.text).join(""), ANSWER);
    assert.equal(chunks.reduce((all, chunk) => all.concat(chunk)).usage_metadata.output_tokens, 10);
  });

  each("a tool, whole and streamed", async (model) => {
    const bound = model.bindTools([WEATHER]);
    const question = new HumanMessage("What is the weather in Zürich?");
    for (const streamed of [false, true]) {
      const answer = streamed ? (await gather(await bound.stream([question]))).reduce((all, chunk) => all.concat(chunk)) : await bound.invoke([question]);
      const [call] = answer.tool_calls;
      assert.deepEqual([call.name, call.args], ["get_weather", { city: "Zürich" }]);
      const after = await bound.invoke([question, answer, new ToolMessage({ content: TOLD, tool_call_id: call.id })]);
      assert.equal(after.text, `The tool said: ${TOLD} Thoughts: 0.`);
    }
  });

  each("structured output", async (model) => {
    const person = await model.withStructuredOutput(Person, { method: "jsonSchema" }).invoke("Extract: Ann is 30.");
    assert.deepEqual(person, { name: "Ann", age: 30 });
  });

  each("errors have their status", async (model) => {
    await assert.rejects(model.invoke("Refuse limited"), (error) => error.status === 429);
    await rested();
    await assert.rejects(model.invoke("Refuse overloaded"), (error) => error.status >= 500);
    await rested();
    await assert.rejects(model.invoke("Refuse long"), (error) => error.status === 400 || error.name === "ContextOverflowError");
  });

  each("a stream that breaks off does not look complete", async (model) => {
    for (const fault of ["Fail", "Cut"]) {
      await rested();
      await assert.rejects(async () => gather(await model.stream(fault)), fault);
    }
  });

  each("an aborted stream is recorded as a client that left", async (model) => {
    await leaves(async () => {
      const controller = new AbortController();
      await assert.rejects(async () => {
        for await (const chunk of await model.stream("Story", { signal: controller.signal })) {
          if (chunk.text) controller.abort();
        }
      });
    });
  });

  test(`${door}: an overloaded provider is asked again`, async () => {
    assert.equal((await chat(models[0], 2).invoke(`Recover for LangChain by ${door}`)).text, ANSWER);
  });
}
