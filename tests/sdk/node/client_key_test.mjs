// openai-node, unchanged, against a gateway that asks for a key. Run by client_key_test.py.
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { test } from "node:test";
import process from "node:process";

// The packages live in the build folder, not beside this file.
const require = createRequire(process.env.TIERWAY_NODE_ROOT + "/");
const OpenAI = require("openai");

function client(apiKey) {
  return new OpenAI({ baseURL: process.env.TIERWAY_URL, apiKey, maxRetries: 0, timeout: 20_000 });
}

test("its key is known", async () => {
  const answer = await client(process.env.TIERWAY_KEY).chat.completions.create({
    model: "tier:frontier",
    messages: [{ role: "user", content: "Hello" }],
  });
  assert.equal(answer.model, "sim/sim-small");
});

test("a placeholder is no key", async () => {
  await assert.rejects(client("sk-anything").models.list(), (error) => {
    assert.ok(error instanceof OpenAI.AuthenticationError);
    assert.equal(error.code, "invalid_api_key");
    return true;
  });
});
