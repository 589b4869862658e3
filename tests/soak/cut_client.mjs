// openai-node asking for cases of cut_cases.py; one line of JSON for each: what it believes it got. Run by cut_clients.py.
//
//   node cut_client.mjs raw|helper|whole FIRST END
import { createRequire } from "node:module";
import process from "node:process";

const require = createRequire(process.env.TIERWAY_NODE_ROOT + "/");
const OpenAI = require("openai");

const [way, first, end] = [process.argv[2], Number(process.argv[3]), Number(process.argv[4])];
const client = new OpenAI({ baseURL: process.env.TIERWAY_URL, apiKey: "unused", maxRetries: 0, timeout: 30_000 });
const UNDER_WAY = 16;

// As `question` and `request` of cut_clients.py.
function request(number) {
  const content = number % 3 === 0 ? "cut, held" : "cut";
  return { model: "auto", messages: [{ role: "user", content }], metadata: { cut: String(number) } };
}

function textOf(message) {
  return (message.content ?? "") + (message.tool_calls ?? []).map((call) => call.function.arguments).join("");
}

const ways = {
  async raw(number) {
    let [text, finish] = ["", null];
    for await (const chunk of await client.chat.completions.create({ ...request(number), stream: true })) {
      for (const choice of chunk.choices) {
        text += choice.delta.content ?? "";
        for (const call of choice.delta.tool_calls ?? []) text += call.function.arguments ?? "";
        finish = choice.finish_reason ?? finish;
      }
    }
    return [text, finish];
  },
  async helper(number) {
    const [choice] = (await client.chat.completions.stream(request(number)).finalChatCompletion()).choices;
    return [textOf(choice.message), choice.finish_reason];
  },
  async whole(number) {
    const [choice] = (await client.chat.completions.create(request(number))).choices;
    return [textOf(choice.message), choice.finish_reason];
  },
};

let next = first;
async function work() {
  while (next < end) {
    const number = next++;
    let belief;
    try {
      const [text, finish] = await ways[way](number);
      belief = { number, complete: true, text, finish };
    } catch (problem) {
      belief = { number, complete: false, error: `${problem?.constructor?.name}: ${problem?.message}`.slice(0, 200) };
    }
    console.log(JSON.stringify(belief));
  }
}
await Promise.all(Array.from({ length: UNDER_WAY }, work));
