#pragma once

#include <string>
#include <vector>

namespace tierway::dialect {

/// Whole answers and streams in the forms that providers send (WIRE.md sections 1.3, 1.4, 5.2 and 5.4).
struct WholeSample {
    std::string name;
    std::string body;
};

struct StreamSample {
    std::string name;
    std::vector<std::string> events;  ///< `data:` payloads, without `[DONE]`.
    std::string content;              ///< The text of choice 0.
    std::size_t first_content;        ///< The event that commits.
    bool has_usage;
};

inline const std::vector<WholeSample>& whole_samples() {
    static const std::vector<WholeSample> samples = {
        {"OpenAI", R"({
  "id": "chatcmpl-B9MBs8CjcvOU2jLn4n570S5qMJKcT",
  "object": "chat.completion",
  "created": 1741569952,
  "model": "gpt-5-mini-2025-08-07",
  "choices": [
    {
      "index": 0,
      "message": {"role": "assistant", "content": "Hello! How can I assist you today?", "refusal": null, "annotations": []},
      "logprobs": null,
      "finish_reason": "stop"
    }
  ],
  "usage": {"prompt_tokens": 19, "completion_tokens": 10, "total_tokens": 29,
    "prompt_tokens_details": {"cached_tokens": 0, "audio_tokens": 0},
    "completion_tokens_details": {"reasoning_tokens": 0, "audio_tokens": 0}},
  "service_tier": "default"
})"},
        {"OpenAI tools",
         R"({"id":"chatcmpl-1","object":"chat.completion","created":1,"model":"gpt-6-sol","choices":[{"index":0,"message":{"role":"assistant","content":null,"tool_calls":[{"id":"call_a","type":"function","function":{"name":"get_weather","arguments":"{\n\"location\": \"Boston, MA\"\n}"}},{"id":"call_b","type":"custom","custom":{"name":"shell","input":"ls -l"}}],"refusal":null},"logprobs":null,"finish_reason":"tool_calls"}],"usage":{"prompt_tokens":82,"completion_tokens":17,"total_tokens":99}})"},
        {"vLLM with logprobs",
         R"({"id":"chatcmpl-9","object":"chat.completion","created":1,"model":"Qwen/Qwen3-8B","choices":[{"index":0,"message":{"role":"assistant","reasoning":"Say hi.","content":"Hi!","tool_calls":[]},"logprobs":{"content":[{"token":"Hi","logprob":-0.25,"bytes":[72,105],"top_logprobs":[]},{"token":"!","logprob":-1.5,"bytes":[33],"top_logprobs":[]}]},"finish_reason":"stop","stop_reason":null}],"usage":{"prompt_tokens":9,"total_tokens":12,"completion_tokens":3,"prompt_tokens_details":null},"prompt_logprobs":null,"kv_transfer_params":null})"},
        {"DeepSeek",
         R"({"id":"930c60df","object":"chat.completion","created":1705651092,"model":"deepseek-chat","choices":[{"index":0,"message":{"role":"assistant","content":"Hallo \ud83d\ude00","reasoning_content":"The user greets."},"finish_reason":"stop","logprobs":null}],"usage":{"prompt_tokens":16,"completion_tokens":10,"total_tokens":26,"prompt_cache_hit_tokens":8,"prompt_cache_miss_tokens":8},"system_fingerprint":"fp_1"})"},
        {"Groq",
         R"({"id":"chatcmpl-g","object":"chat.completion","created":1,"model":"llama-3.3-70b-versatile","choices":[{"index":0,"message":{"role":"assistant","content":"Fast."},"logprobs":null,"finish_reason":"stop"}],"usage":{"queue_time":0.037,"prompt_tokens":18,"prompt_time":0.0006,"completion_tokens":5,"completion_time":0.46,"total_tokens":23,"total_time":0.46},"system_fingerprint":"fp_2","x_groq":{"id":"req_01"}})"},
        {"Azure",
         R"({"choices":[{"content_filter_results":{"hate":{"filtered":false,"severity":"safe"}},"finish_reason":"content_filter","index":0,"logprobs":null,"message":{"content":"","refusal":null,"role":"assistant"}}],"created":1,"id":"chatcmpl-az","model":"gpt-4o-2024-11-20","object":"chat.completion","prompt_filter_results":[{"prompt_index":0}],"usage":{"completion_tokens":0,"prompt_tokens":25,"total_tokens":25}})"},
        {"OpenRouter",
         R"({"id":"gen-1","provider":"Fireworks","model":"qwen/qwen3-32b","object":"chat.completion","created":1,"choices":[{"logprobs":null,"finish_reason":"length","native_finish_reason":"length","index":0,"message":{"role":"assistant","content":"Once upon","refusal":null,"reasoning":"A story.","reasoning_details":[{"type":"reasoning.text","text":"A story."}]}}],"usage":{"prompt_tokens":5,"completion_tokens":6,"total_tokens":11,"cost":0.0000042}})"},
        {"Mistral parts",
         R"({"id":"m1","object":"chat.completion","model":"magistral-small","created":1,"choices":[{"index":0,"message":{"role":"assistant","tool_calls":null,"content":[{"type":"thinking","thinking":[{"type":"text","text":"Hm."}]},{"type":"text","text":"Four"},{"type":"text","text":"."}]},"finish_reason":"stop"}],"usage":{"prompt_tokens":4,"completion_tokens":7,"total_tokens":11}})"},
        {"two choices, no usage, no model",
         R"({"id":"x","choices":[{"index":0,"message":{"role":"assistant","content":"a"},"finish_reason":"stop","logprobs":{"content":null}},{"index":1,"message":{"role":"assistant","content":null,"refusal":"I cannot."},"finish_reason":"stop","logprobs":{}}]})"},
        {"legacy function call",
         R"({"id":"x","object":"chat.completion","model":"m","choices":[{"index":0,"message":{"role":"assistant","content":null,"function_call":{"name":"f","arguments":"{\"a\":1}"}},"finish_reason":"function_call"}],"usage":null})"},
    };
    return samples;
}

inline const std::vector<StreamSample>& stream_samples() {
    static const std::vector<StreamSample> samples = {
        {"OpenAI with usage",
         {R"({"id":"c1","object":"chat.completion.chunk","created":1,"model":"gpt-5-mini","service_tier":"default","system_fingerprint":null,"choices":[{"index":0,"delta":{"role":"assistant","content":"","refusal":null},"logprobs":null,"finish_reason":null}],"usage":null,"obfuscation":"aaa"})",
          R"({"id":"c1","object":"chat.completion.chunk","created":1,"model":"gpt-5-mini","choices":[{"index":0,"delta":{"content":"Hel"},"logprobs":null,"finish_reason":null}],"usage":null,"obfuscation":"b"})",
          R"({"id":"c1","object":"chat.completion.chunk","created":1,"model":"gpt-5-mini","choices":[{"index":0,"delta":{"content":"lo\n"},"logprobs":null,"finish_reason":null}],"usage":null})",
          R"({"id":"c1","object":"chat.completion.chunk","created":1,"model":"gpt-5-mini","choices":[{"index":0,"delta":{},"logprobs":null,"finish_reason":"stop"}],"usage":null})",
          R"({"id":"c1","object":"chat.completion.chunk","created":1,"model":"gpt-5-mini","choices":[],"usage":{"prompt_tokens":9,"completion_tokens":3,"total_tokens":12,"prompt_tokens_details":{"cached_tokens":4}}})"},
         "Hello\n",
         1,
         true},
        {"vLLM with logprobs and reasoning",
         {R"({"id":"v","object":"chat.completion.chunk","created":1,"model":"Qwen/Qwen3-8B","choices":[{"index":0,"delta":{"role":"assistant","content":""},"logprobs":null,"finish_reason":null}],"prompt_token_ids":null})",
          R"({"id":"v","object":"chat.completion.chunk","created":1,"model":"Qwen/Qwen3-8B","choices":[{"index":0,"delta":{"reasoning":"Hm","reasoning_content":"Hm"},"logprobs":null,"finish_reason":null}]})",
          R"({"id":"v","object":"chat.completion.chunk","created":1,"model":"Qwen/Qwen3-8B","choices":[{"index":0,"delta":{"content":"4"},"logprobs":{"content":[{"token":"4","logprob":-0.5,"bytes":[52],"top_logprobs":[]}]},"finish_reason":null}]})",
          R"({"id":"v","object":"chat.completion.chunk","created":1,"model":"Qwen/Qwen3-8B","choices":[{"index":0,"delta":{"content":""},"logprobs":{"content":[{"token":"","logprob":-0.125,"bytes":[],"top_logprobs":[]}]},"finish_reason":"stop","stop_reason":null}]})",
          R"({"id":"v","object":"chat.completion.chunk","created":1,"model":"Qwen/Qwen3-8B","choices":[],"usage":{"prompt_tokens":12,"total_tokens":15,"completion_tokens":3}})"},
         "4",
         1,
         true},
        {"DeepSeek reasoner, usage on the last content chunk",
         {R"({"id":"d","object":"chat.completion.chunk","created":1,"model":"deepseek-reasoner","choices":[{"index":0,"delta":{"role":"assistant","content":null,"reasoning_content":""},"logprobs":null,"finish_reason":null}]})",
          R"({"id":"d","object":"chat.completion.chunk","created":1,"model":"deepseek-reasoner","choices":[{"index":0,"delta":{"content":null,"reasoning_content":"Let me see"},"logprobs":null,"finish_reason":null}]})",
          R"({"id":"d","object":"chat.completion.chunk","created":1,"model":"deepseek-reasoner","choices":[{"index":0,"delta":{"content":"\u4f60\u597d","reasoning_content":null},"logprobs":null,"finish_reason":null}]})",
          R"({"id":"d","object":"chat.completion.chunk","created":1,"model":"deepseek-reasoner","choices":[{"index":0,"delta":{"content":"","reasoning_content":null},"logprobs":null,"finish_reason":"stop"}],"usage":{"prompt_tokens":10,"completion_tokens":6,"total_tokens":16,"prompt_cache_hit_tokens":0}})"},
         "\xE4\xBD\xA0\xE5\xA5\xBD",
         1,
         true},
        {"Groq, usage in x_groq",
         {R"({"id":"g","object":"chat.completion.chunk","created":1,"model":"llama-3.3-70b-versatile","choices":[{"index":0,"delta":{"role":"assistant","content":""},"logprobs":null,"finish_reason":null}],"x_groq":{"id":"req_1"}})", R"({"id":"g","object":"chat.completion.chunk","created":1,"model":"llama-3.3-70b-versatile","choices":[{"index":0,"delta":{"content":"Yes"},"logprobs":null,"finish_reason":null}]})", R"({"id":"g","object":"chat.completion.chunk","created":1,"model":"llama-3.3-70b-versatile","choices":[{"index":0,"delta":{},"logprobs":null,"finish_reason":"stop"}],"x_groq":{"id":"req_1","usage":{"queue_time":0.1,"prompt_tokens":11,"completion_tokens":2,"total_tokens":13}}})"},
         "Yes",
         1,
         true},
        {"Azure, filter results first and between",
         {R"({"choices":[],"created":0,"id":"","model":"","object":"","prompt_filter_results":[{"prompt_index":0,"content_filter_results":{}}]})",
          R"({"choices":[{"content_filter_results":{},"delta":{"content":"","refusal":null,"role":"assistant"},"finish_reason":null,"index":0,"logprobs":null}],"created":1,"id":"a","model":"gpt-4o-2024-11-20","object":"chat.completion.chunk"})",
          R"({"choices":[{"content_filter_results":{},"delta":{"content":"Ja"},"finish_reason":null,"index":0,"logprobs":null}],"created":1,"id":"a","model":"gpt-4o-2024-11-20","object":"chat.completion.chunk"})",
          R"({"choices":[{"content_filter_offsets":{"check_offset":1},"content_filter_results":{},"finish_reason":null,"index":0}],"created":0,"id":"","model":"","object":""})",
          R"({"choices":[{"content_filter_results":{},"delta":{},"finish_reason":"stop","index":0,"logprobs":null}],"created":1,"id":"a","model":"gpt-4o-2024-11-20","object":"chat.completion.chunk"})"},
         "Ja",
         2,
         false},
        {"OpenRouter with reasoning details",
         {R"({"id":"gen","provider":"X","model":"qwen/qwen3","object":"chat.completion.chunk","created":1,"choices":[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null,"native_finish_reason":null,"logprobs":null}]})",
          R"({"id":"gen","provider":"X","model":"qwen/qwen3","object":"chat.completion.chunk","created":1,"choices":[{"index":0,"delta":{"role":"assistant","content":"","reasoning":null,"reasoning_details":[{"type":"reasoning.encrypted","data":"xx"}]},"finish_reason":null,"logprobs":null}]})",
          R"({"id":"gen","provider":"X","model":"qwen/qwen3","object":"chat.completion.chunk","created":1,"choices":[{"index":0,"delta":{"role":"assistant","content":"Sure"},"finish_reason":"length","native_finish_reason":"length","logprobs":null}]})",
          R"({"id":"gen","provider":"X","model":"qwen/qwen3","object":"chat.completion.chunk","created":1,"choices":[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null,"native_finish_reason":null,"logprobs":null}],"usage":{"prompt_tokens":3,"completion_tokens":4,"total_tokens":7,"cost":0.00001}})"},
         "Sure",
         1,
         true},
        {"Mistral, parts and no object",
         {R"({"id":"m","model":"magistral","choices":[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}]})",
          R"({"id":"m","model":"magistral","choices":[{"index":0,"delta":{"content":[{"type":"thinking","thinking":[{"type":"text","text":"Hm"}]}]},"finish_reason":null}]})",
          R"({"id":"m","model":"magistral","choices":[{"index":0,"delta":{"content":[{"type":"text","text":"Oui"}]},"finish_reason":null}]})",
          R"({"id":"m","model":"magistral","choices":[{"index":0,"delta":{"content":"."},"finish_reason":"model_length"}],"usage":{"prompt_tokens":3,"completion_tokens":4,"total_tokens":7}})"},
         "Oui.",
         1,
         true},
    };
    return samples;
}

}  // namespace tierway::dialect
