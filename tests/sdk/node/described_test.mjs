// openai-node through the gateway to a server that answers by OpenAI's own description of its API, and refuses what does not fit it:
// every method of the paths that we serve, once with what it requires and once with what it takes besides. Run by description_test.py.
import assert from "node:assert/strict";
import { test } from "node:test";
import { baseUrl, require } from "./gateway.mjs";

const OpenAI = require("openai");
const { toFile } = OpenAI;

const client = new OpenAI({ baseURL: baseUrl, apiKey: "sk-anything", maxRetries: 0, timeout: 20_000 });
const CHAT = "described/gpt-5";
const MESSAGES = [{ role: "user", content: "Hello." }];
const PARAMETERS = { type: "object", properties: { city: { type: "string" } }, required: ["city"], additionalProperties: false };
const file = () => toFile(Buffer.from("# my file contents"), "README.md");

// What a made-up answer says is not the claim here; that the request was taken is. An answer that the gateway cannot use is 502, a
// request that the description does not allow 400.
async function taken(call) {
  try {
    return await call();
  } catch (error) {
    assert.ok(error instanceof OpenAI.APIError, error);
    assert.notEqual(error.status, 400, error.message);
    assert.ok(error.status === 502, `${error.status} ${error.message}`);
  }
}

const CALLS = {
  "chat.completions.create": [
    () => client.chat.completions.create({ model: CHAT, messages: MESSAGES }),
    () =>
      client.chat.completions.create({
        model: CHAT,
        messages: [
          { role: "developer", content: "Be brief.", name: "name" },
          { role: "user", content: [{ type: "text", text: "What is it?" }, { type: "image_url", image_url: { url: "https://example.com/a.png", detail: "low" } }] },
          { role: "assistant", content: null, tool_calls: [{ id: "call_1", type: "function", function: { name: "weather", arguments: "{}" } }] },
          { role: "tool", tool_call_id: "call_1", content: "8 °C" },
        ],
        frequency_penalty: -2, logit_bias: { 50256: 0 }, logprobs: true, top_logprobs: 0, max_completion_tokens: 50, metadata: { a: "b" }, n: 1,
        parallel_tool_calls: true, presence_penalty: -2, prompt_cache_key: "k", reasoning_effort: "low",
        response_format: { type: "json_schema", json_schema: { name: "city", schema: PARAMETERS, strict: true } }, safety_identifier: "s", seed: 7,
        service_tier: "auto", stop: "\n", store: false, temperature: 1, tool_choice: "auto",
        tools: [{ type: "function", function: { name: "weather", description: "d", parameters: PARAMETERS, strict: true } }], top_p: 1, user: "user",
        verbosity: "low",
      }),
  ],
  "completions.create": [
    () => client.completions.create({ model: CHAT, prompt: "Once" }),
    () => client.completions.create({ model: CHAT, prompt: "Once", max_tokens: 16, temperature: 1, top_p: 1, stop: "\n", user: "user", seed: 7 }),
  ],
  "responses.create": [
    () => client.responses.create({ model: "responses/gpt-5", input: "Hello.", store: false }),
    () =>
      client.responses.create({
        model: "responses/gpt-5", input: [{ role: "user", content: [{ type: "input_text", text: "Hello." }] }], instructions: "Be brief.", store: false,
        include: ["reasoning.encrypted_content"], max_output_tokens: 50, metadata: { a: "b" }, parallel_tool_calls: true,
        reasoning: { effort: "low", summary: "auto" }, text: { format: { type: "json_schema", name: "city", schema: PARAMETERS, strict: true }, verbosity: "low" },
        tools: [{ type: "function", name: "weather", parameters: PARAMETERS, strict: true }], tool_choice: "auto", temperature: 1, top_p: 1,
        truncation: "auto",
      }),
    () => client.responses.create({ model: CHAT, input: "Hello.", store: false, instructions: "Be brief.", max_output_tokens: 50 }),
  ],
  "embeddings.create": [
    () => client.embeddings.create({ model: "auto", input: "Hello." }),
    () => client.embeddings.create({ model: "auto", input: ["a", "b"], dimensions: 256, encoding_format: "float", user: "user" }),
  ],
  "moderations.create": [
    () => client.moderations.create({ input: "I want to kill them." }),
    () => client.moderations.create({ input: [{ type: "text", text: "a" }, { type: "image_url", image_url: { url: "https://example.com/a.png" } }], model: "omni-moderation-latest" }),
  ],
  "audio.speech.create": [
    () => client.audio.speech.create({ model: "tts-1", input: "Hi.", voice: "alloy" }),
    () => client.audio.speech.create({ model: "gpt-4o-mini-tts", input: "Hi.", voice: "alloy", instructions: "Softly.", response_format: "mp3", speed: 1.5, stream_format: "audio" }),
  ],
  "audio.transcriptions.create": [
    async () => client.audio.transcriptions.create({ file: await file(), model: "whisper-1" }),
    async () => client.audio.transcriptions.create({ file: await file(), model: "gpt-4o-transcribe", language: "en", prompt: "p", response_format: "json", temperature: 0, include: ["logprobs"] }),
  ],
  "audio.translations.create": [async () => client.audio.translations.create({ file: await file(), model: "whisper-1" })],
  "images.generate": [
    () => client.images.generate({ prompt: "A cat." }),
    () => client.images.generate({ prompt: "A cat.", background: "transparent", model: "gpt-image-1", moderation: "low", n: 1, output_compression: 100, output_format: "png", quality: "medium", size: "1024x1024", user: "user" }),
  ],
  "images.edit": [
    async () => client.images.edit({ image: await file(), prompt: "A dog." }),
    async () => client.images.edit({ image: await file(), mask: await file(), prompt: "A dog.", model: "gpt-image-1", n: 1, quality: "high", size: "1024x1024" }),
  ],
  "images.createVariation": [async () => client.images.createVariation({ image: await file(), model: "dall-e-2", n: 1, response_format: "url", size: "1024x1024" })],
  files: [
    async () => client.files.create({ file: await file(), purpose: "assistants" }),
    () => client.files.retrieve("file-1"),
    () => client.files.list({ after: "after", limit: 1, order: "asc", purpose: "purpose" }),
    () => client.files.delete("file-1"),
    () => client.files.content("file-1"),
  ],
  uploads: [
    () => client.uploads.create({ bytes: 0, filename: "f", mime_type: "text/plain", purpose: "assistants" }),
    async () => client.uploads.parts.create("upload_1", { data: await file() }),
    () => client.uploads.complete("upload_1", { part_ids: ["part_1"], md5: "md5" }),
    () => client.uploads.cancel("upload_1"),
  ],
  batches: [
    () => client.batches.create({ completion_window: "24h", endpoint: "/v1/chat/completions", input_file_id: "file-1", metadata: { a: "b" } }),
    () => client.batches.retrieve("batch_1"),
    () => client.batches.list({ after: "after", limit: 1 }),
    () => client.batches.cancel("batch_1"),
  ],
  "fineTuning.jobs": [
    () => client.fineTuning.jobs.create({ model: "gpt-4o-mini", training_file: "file-1", seed: 42, suffix: "x" }),
    () => client.fineTuning.jobs.retrieve("ftjob-1"),
    () => client.fineTuning.jobs.list({ limit: 1 }),
    () => client.fineTuning.jobs.cancel("ftjob-1"),
  ],
  vectorStores: [
    () => client.vectorStores.create({ name: "n", file_ids: ["file-1"] }),
    () => client.vectorStores.retrieve("vs_1"),
    () => client.vectorStores.search("vs_1", { query: "q", max_num_results: 1 }),
    () => client.vectorStores.delete("vs_1"),
  ],
};

for (const [name, calls] of Object.entries(CALLS)) {
  calls.forEach((call, index) => test(`${name}, call ${index + 1}`, () => taken(call)));
}
