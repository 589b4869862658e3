#include "document.hpp"
#include "tierway/dialect/error_body.hpp"

namespace tierway::dialect {
namespace {

Error refusal(unsigned status, const std::string& body) {
    const Document document(body);
    return error_from_provider(status, document.root(), "acme");
}

bool says(const Error& error, std::string_view words) {
    return error.message().find(words) != std::string_view::npos;
}

struct Envelope {
    std::string name;
    unsigned status;
    std::string body;
    std::string code;
    std::string words;  ///< The provider's own, which the message passes on.
    std::string param;
};

TEST(ErrorFromProvider, ReadsTheRefusalOutOfEveryEnvelope) {
    const std::vector<Envelope> cases = {
        {"OpenAI", 400,
         R"({"error":{"message":"This model's maximum context length is 8192 tokens.","type":"invalid_request_error","param":"messages","code":"context_length_exceeded"}})",
         "context_length_exceeded", "maximum context length is 8192", "messages"},
        {"OpenAI, null code", 400,
         R"({"error":{"message":"Invalid value: 'robot'.","type":"invalid_request_error","param":"messages[0].role","code":null}})",
         "upstream_rejected", "Invalid value: 'robot'.", "messages[0].role"},
        {"vLLM, numeric code", 400,
         R"({"error":{"message":"This model's maximum context length is 4096 tokens. However, you requested 5000.","type":"BadRequestError","param":null,"code":400}})",
         "context_length_exceeded", "you requested 5000", ""},
        {"old vLLM, flat", 404,
         R"({"object":"error","message":"The model `x` does not exist.","type":"NotFoundError","param":null,"code":404})",
         "model_not_found", "The model `x` does not exist.", ""},
        {"llama.cpp", 400,
         R"({"error":{"code":400,"message":"the request exceeds the available context size","type":"exceed_context_size_error"}})",
         "context_length_exceeded", "available context size", ""},
        {"Azure filter", 400,
         R"({"error":{"code":"content_filter","message":"The response was filtered","param":"prompt","type":null,"status":400,"innererror":{"code":"ResponsibleAIPolicyViolation"}}})",
         "content_filter", "The response was filtered", "prompt"},
        {"Azure without type", 404, R"({"error":{"code":"DeploymentNotFound","message":"The API deployment does not exist."}})",
         "model_not_found", "deployment does not exist", ""},
        {"Mistral validation", 422,
         R"({"detail":[{"type":"extra_forbidden","loc":["body","messages",0,"name"],"msg":"Extra inputs are not permitted"},{"loc":["body","n"],"msg":"too many"}]})",
         "upstream_rejected", "body.messages.0.name: Extra inputs are not permitted; body.n: too many", "body.messages.0.name"},
        {"Mistral validation, wrapped", 422,
         R"({"object":"error","message":{"detail":[{"loc":["body"],"msg":"bad"}]},"type":"invalid"})", "upstream_rejected",
         "body: bad", "body"},
        {"FastAPI text", 404, R"({"detail":"Not Found"})", "upstream_rejected", "Not Found", ""},
        {"xAI", 400, R"({"code":"Client specified an invalid argument","error":"stop is not supported"})", "upstream_rejected",
         "stop is not supported", ""},
        {"error text", 413, R"({"error":"request too large"})", "upstream_rejected", "request too large", ""},
        {"flat message", 415, R"({"message":"no such media type"})", "upstream_rejected", "no such media type", ""},
        {"Gemini array", 400, R"([{"error":{"code":400,"message":"Invalid JSON payload","status":"INVALID_ARGUMENT"}}])",
         "upstream_rejected", "Invalid JSON payload", ""},
        {"API management", 405, R"({"statusCode":405,"message":"Method not allowed here"})", "upstream_rejected",
         "Method not allowed here", ""},
    };
    for (const Envelope& envelope : cases) {
        SCOPED_TRACE(envelope.name);
        const Error error = refusal(envelope.status, envelope.body);
        EXPECT_EQ(error.kind(), ErrorKind::UpstreamRejected);
        EXPECT_EQ(error.source(), ErrorSource::Upstream);
        EXPECT_EQ(error.retry(), Retry::Never);
        EXPECT_EQ(error.status(), envelope.status);
        EXPECT_EQ(http_status(error), envelope.status);
        EXPECT_EQ(error.code(), envelope.code);
        EXPECT_EQ(error.param(), envelope.param);
        EXPECT_TRUE(says(error, envelope.words)) << error.message();
        EXPECT_TRUE(says(error, "`acme`"));
    }
}

TEST(ErrorFromProvider, KnowsWhomToAskAgain) {
    const std::string secret = R"({"error":{"message":"Incorrect API key provided: sk-abc***xyz","code":"invalid_api_key"}})";
    const std::vector<std::tuple<std::string, unsigned, std::string, std::string, Retry, bool>> cases = {
        // name, status, body, code, retry, whether the provider's words may be seen
        {"429 rate", 429, R"({"error":{"message":"WORDS try again in 2s","type":"tokens","code":"rate_limit_exceeded"}})",
         "rate_limit_exceeded", Retry::Safe, true},
        {"429 without a body", 429, "{}", "rate_limit_exceeded", Retry::Safe, false},
        {"429 quota", 429, R"({"error":{"message":"WORDS","type":"insufficient_quota","code":"insufficient_quota"}})",
         "insufficient_quota", Retry::Never, false},
        {"429 quota by type only", 429, R"({"error":{"message":"WORDS","type":"insufficient_quota","code":null}})",
         "insufficient_quota", Retry::Never, false},
        {"429 spend limit", 429, R"({"error":{"message":"WORDS","code":"project_spend_limit_exceeded"}})", "insufficient_quota",
         Retry::Never, false},
        {"402 empty account", 402, R"({"error":{"message":"WORDS Insufficient Balance"}})", "insufficient_quota", Retry::Never,
         false},
        {"401", 401, secret, "upstream_refused_credentials", Retry::Never, false},
        {"403", 403, R"({"error":{"message":"WORDS"}})", "upstream_refused_credentials", Retry::Never, false},
        {"400 that means 401", 400, secret, "upstream_refused_credentials", Retry::Never, false},
        {"408", 408, R"({"message":"WORDS"})", "upstream_unavailable", Retry::Safe, false},
        {"498 flex capacity", 498, R"({"message":"WORDS"})", "upstream_unavailable", Retry::Safe, false},
        {"500", 500, R"({"error":{"message":"WORDS","type":"server_error"}})", "upstream_unavailable", Retry::Safe, false},
        {"503", 503, R"({"error":{"message":"WORDS","code":"server_is_overloaded"}})", "upstream_unavailable", Retry::Safe,
         false},
        {"529", 529, R"({"type":"error","error":{"type":"overloaded_error","message":"WORDS"}})", "upstream_unavailable",
         Retry::Safe, false},
    };
    for (const auto& [name, status, body, code, retry, words_seen] : cases) {
        SCOPED_TRACE(name);
        const Error error = refusal(status, body);
        EXPECT_EQ(error.kind(), ErrorKind::UpstreamUnavailable);
        EXPECT_EQ(error.code(), code);
        EXPECT_EQ(error.retry(), retry);
        EXPECT_EQ(error.status(), status);
        EXPECT_EQ(says(error, "WORDS"), words_seen) << error.message();
        EXPECT_FALSE(says(error, "sk-abc"));
    }
}

struct Saying {
    std::string name;
    unsigned status;
    std::string body;
};

TEST(ErrorFromProvider, KnowsARequestThatIsTooLongInTheWordsOfEveryProvider) {
    const std::vector<Saying> cases = {
        {"Azure", 400,
         R"({"error":{"message":"This model's maximum context length is 128000 tokens.","type":"invalid_request_error","param":"messages","code":"context_length_exceeded"}})"},
        {"OpenAI without code", 400,
         R"({"error":{"message":"Your input exceeds the context window of this model. Please adjust your input and try again.","type":"invalid_request_error","param":"input","code":null}})"},
        {"Groq", 400,
         R"({"error":{"message":"Please reduce the length of the messages or completion.","type":"invalid_request_error","param":"messages","code":"context_length_exceeded"}})"},
        {"Groq without code", 413, R"({"error":{"message":"Please reduce the length of the messages or completion."}})"},
        {"vLLM", 400,
         R"({"object":"error","message":"This model's maximum context length is 4096 tokens. However, you requested 4117 tokens (2117 in the messages, 2000 in the completion).","type":"BadRequestError","param":null,"code":400})"},
        {"vLLM of 2025", 400,
         R"({"error":{"message":"'max_tokens' or 'max_completion_tokens' is too large: 2000. This model's maximum context length is 4096 tokens and your request has 2104 input tokens (2000 > 4096 - 2104).","type":"BadRequestError","param":null,"code":400}})"},
        {"vLLM of 2026", 400,
         R"({"error":{"message":"You passed 30721 input tokens and requested 2048 output tokens. However, the model's context length is only 32768 tokens, resulting in a maximum input length of 30720 tokens.","type":"BadRequestError","param":"input_tokens","code":400}})"},
        {"vLLM, decoder", 400,
         R"({"error":{"message":"The decoder prompt (length 8357) is longer than the maximum model length of 8192.","type":"BadRequestError","param":null,"code":400}})"},
        {"SGLang and Together", 400,
         R"({"error":{"message":"The input (516368 tokens) is longer than the model's context length (262144 tokens).","type":"BadRequestError"}})"},
        {"SGLang", 400,
         R"({"object":"error","message":"Input length 131393 exceeds the maximum allowed input length of 131040 tokens.","type":"BadRequestError","code":400})"},
        {"llama.cpp", 400,
         R"({"error":{"code":400,"message":"the request exceeds the available context size, try increasing it","type":"exceed_context_size_error","n_prompt_tokens":9000,"n_ctx":4096}})"},
        {"old llama.cpp", 400,
         R"({"error":{"code":400,"message":"the request exceeds the available context size. try increasing the context size or enable context shift","type":"invalid_request_error"}})"},
        {"llama.cpp inside an answer's slot", 500,
         R"({"error":{"code":500,"message":"Context size has been exceeded.","type":"server_error"}})"},
        {"LM Studio", 400,
         R"({"error":"The number of tokens to keep from the initial prompt is greater than the context length."})"},
        {"TGI", 422,
         R"({"error":"Input validation error: `inputs` tokens + `max_new_tokens` must be <= 4096. Given: 5000","error_type":"validation"})"},
        {"Anthropic", 400,
         R"({"type":"error","error":{"type":"invalid_request_error","message":"prompt is too long: 213462 tokens > 200000 maximum"}})"},
        {"Anthropic, output too", 400,
         R"({"type":"error","error":{"type":"invalid_request_error","message":"input length and `max_tokens` exceed context limit: 188240 + 21333 > 200000, decrease input length or `max_tokens` and try again"}})"},
        {"Google", 400,
         R"([{"error":{"code":400,"message":"The input token count (1196265) exceeds the maximum number of tokens allowed (1048575).","status":"INVALID_ARGUMENT"}}])"},
        {"xAI", 400,
         R"({"code":"Client specified an invalid argument","error":"This model's maximum prompt length is 131072 but the request contains 537812 tokens."})"},
        {"Mistral", 400,
         R"({"object":"error","message":"Prompt contains 140000 tokens, too large for model with 131072 maximum context length","type":"invalid_request_prompt","code":"3051"})"},
        {"DeepSeek", 400,
         R"({"error":{"message":"This model's maximum context length is 131072 tokens. However, you requested 140000 tokens.","type":"invalid_request_error","param":null,"code":"invalid_request_error"}})"},
        {"OpenRouter", 400,
         R"({"error":{"code":400,"message":"This endpoint's maximum context length is 128000 tokens. However, you requested about 140000 tokens"}})"},
        {"Bedrock", 400, R"({"message":"Input is too long for requested model."})"},
        {"Moonshot", 400,
         R"({"error":{"message":"Invalid request: Your request exceeded model token limit: 262144 (requested: 300000).","type":"invalid_request_error"}})"},
        {"MiniMax", 400,
         R"({"error":{"message":"invalid params, context window exceeds limit (2013).","type":"bad_request_error"}})"},
        {"inside an answer that began well", 200,
         R"({"error":{"code":400,"message":"This endpoint's maximum context length is 8192 tokens."}})"},
    };
    for (const Saying& saying : cases) {
        SCOPED_TRACE(saying.name);
        const Error error = refusal(saying.status, saying.body);
        EXPECT_EQ(error.code(), "context_length_exceeded");
        EXPECT_EQ(error.kind(), ErrorKind::UpstreamRejected);
        EXPECT_EQ(error.retry(), Retry::Never);
        EXPECT_TRUE(http_status(error) == 400 || http_status(error) == saying.status) << http_status(error);
    }
}

TEST(ErrorFromProvider, WordsOfLengthInAnotherKindOfErrorDecideNothing) {
    const std::string words = "Try a smaller request: the prompt is too long for the maximum context length.";
    const std::vector<std::tuple<unsigned, std::string, std::string>> cases = {
        {429, R"({"error":{"message":")" + words + R"(","code":"rate_limit_exceeded"}})", "rate_limit_exceeded"},
        {429, R"({"error":{"message":")" + words + R"("}})", "rate_limit_exceeded"},
        {500, R"({"error":{"message":")" + words + R"("}})", "upstream_unavailable"},
        {401, R"({"error":{"message":")" + words + R"("}})", "upstream_refused_credentials"},
        {404, R"({"error":{"message":")" + words + R"("}})", "upstream_rejected"},
        {200, R"({"error":{"code":502,"message":")" + words + R"("}})", "upstream_unavailable"},
        {400, R"({"error":{"message":")" + words + R"(","code":"invalid_value"}})", "invalid_value"},
    };
    for (const auto& [status, body, code] : cases) {
        SCOPED_TRACE(status);
        EXPECT_EQ(refusal(status, body).code(), code);
    }
}

TEST(ErrorFromProvider, KnowsRefusedContentWhateverTheStatus) {
    const std::vector<Saying> cases = {
        {"Azure", 400,
         R"({"error":{"code":"content_filter","message":"The response was filtered","param":"prompt","type":null,"status":400,"innererror":{"code":"ResponsibleAIPolicyViolation","content_filter_result":{"hate":{"filtered":true}}}}})"},
        {"Azure, inner code only", 400,
         R"({"error":{"message":"The response was filtered","innererror":{"code":"ResponsibleAIPolicyViolation"}}})"},
        {"Azure with a 500", 500, R"({"error":{"code":"content_filter","message":"The response was filtered"}})"},
        {"OpenAI", 400, R"({"error":{"code":"content_policy_violation","message":"Refused.","type":"invalid_request_error"}})"},
        {"OpenRouter", 403,
         R"({"error":{"code":403,"message":"Your chosen model requires moderation and your input was flagged","metadata":{"reasons":["violence"],"flagged_input":"…","provider_name":"x","model_slug":"y"}}})"},
        {"OpenRouter inside a 200", 200,
         R"({"error":{"code":403,"message":"Your input was flagged","metadata":{"reasons":[],"flagged_input":""}}})"},
        {"xAI", 403,
         R"({"code":"The caller does not have permission to execute the specified operation","error":"Content violates usage guidelines. Failed check: SAFETY_CHECK_TYPE_BIO"})"},
    };
    for (const Saying& saying : cases) {
        SCOPED_TRACE(saying.name);
        const Error error = refusal(saying.status, saying.body);
        EXPECT_EQ(error.kind(), ErrorKind::UpstreamRejected);
        EXPECT_TRUE(error.code() == "content_filter" || error.code() == "content_policy_violation") << error.code();
        EXPECT_EQ(error.status(), 400U);
        EXPECT_EQ(http_status(error), 400U);
    }
}

TEST(ErrorFromProvider, TellsAModelThatIsNotThereFromARequestThatIsWrong) {
    const std::vector<Saying> cases = {
        {"OpenAI", 404,
         R"({"error":{"message":"The model `x` does not exist.","type":"invalid_request_error","code":"model_not_found"}})"},
        {"vLLM", 404,
         R"({"error":{"message":"The model `x` does not exist.","type":"NotFoundError","param":"model","code":404}})"},
        {"Groq, retired", 400,
         R"({"error":{"message":"The model `x` has been decommissioned.","type":"invalid_request_error","code":"model_decommissioned"}})"},
        {"Mistral", 400, R"({"object":"error","message":"Invalid model: x","type":"invalid_model","param":null,"code":"1500"})"},
        {"Anthropic", 404, R"({"type":"error","error":{"type":"not_found_error","message":"model: x"}})"},
        {"Google", 404, R"([{"error":{"code":404,"message":"models/x is not found","status":"NOT_FOUND"}}])"},
    };
    for (const Saying& saying : cases) {
        SCOPED_TRACE(saying.name);
        const Error error = refusal(saying.status, saying.body);
        EXPECT_EQ(error.kind(), ErrorKind::UpstreamRejected);
        EXPECT_EQ(error.code(), "model_not_found");
    }
}

TEST(ErrorFromProvider, KnowsAnEmptyAccountWhateverTheStatus) {
    const std::vector<Saying> cases = {
        {"Anthropic", 400,
         R"({"type":"error","error":{"type":"invalid_request_error","message":"Your credit balance is too low to access the Anthropic API. Please go to Plans & Billing to upgrade or purchase credits."}})"},
        {"Anthropic, a limit that the account has set itself", 400,
         R"({"type":"error","error":{"type":"invalid_request_error","message":"You have reached your specified API usage limits. You will regain access on 2026-12-01 at 00:00 UTC."}})"},
        {"Anthropic billing", 402, R"({"type":"error","error":{"type":"billing_error","message":"x"}})"},
        {"Moonshot", 429,
         R"({"error":{"message":"Your account is suspended due to insufficient balance","type":"exceeded_current_quota_error"}})"},
        {"with a 403", 403, R"({"error":{"message":"x","code":"insufficient_quota"}})"},
    };
    for (const Saying& saying : cases) {
        SCOPED_TRACE(saying.name);
        const Error error = refusal(saying.status, saying.body);
        EXPECT_EQ(error.kind(), ErrorKind::UpstreamUnavailable);
        EXPECT_EQ(error.code(), "insufficient_quota");
        EXPECT_EQ(error.retry(), Retry::Never);
        EXPECT_EQ(http_status(error), 429U);
        EXPECT_FALSE(says(error, "credit balance")) << "the operator's affair";
    }
}

TEST(ErrorFromProvider, AnOverloadIsAnOutageInsideAnAnswerToo) {
    const std::vector<Saying> cases = {
        {"Anthropic", 529, R"({"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}})"},
        {"Anthropic inside a 200", 200, R"({"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}})"},
        {"OpenAI", 503, R"({"error":{"message":"x","type":"service_unavailable_error","code":"server_is_overloaded"}})"},
        {"OpenAI inside a 200", 200, R"({"error":{"message":"x","code":"server_is_overloaded"}})"},
        {"Google inside a 200", 200, R"({"error":{"status":"UNAVAILABLE","message":"x"}})"},
        {"with a status that blames the request", 400, R"({"error":{"message":"x","code":"server_is_overloaded"}})"},
    };
    for (const Saying& saying : cases) {
        SCOPED_TRACE(saying.name);
        const Error error = refusal(saying.status, saying.body);
        EXPECT_EQ(error.kind(), ErrorKind::UpstreamUnavailable);
        EXPECT_EQ(error.code(), "upstream_unavailable");
        EXPECT_EQ(error.retry(), Retry::Safe);
        EXPECT_EQ(http_status(error), 503U);
    }
    EXPECT_EQ(refusal(429, R"({"error":{"type":"engine_overloaded_error","message":"x"}})").code(), "rate_limit_exceeded");
}

TEST(ErrorFromProvider, ALimitThatThisRequestAloneExceedsKeepsItsCode) {
    const Error error = refusal(
        413,
        R"({"error":{"message":"Request too large for model `x` on tokens per minute (TPM): Limit 6000, Requested 9000","type":"tokens","code":"rate_limit_exceeded"}})");
    EXPECT_EQ(error.kind(), ErrorKind::UpstreamRejected);
    EXPECT_EQ(error.code(), "rate_limit_exceeded");
    EXPECT_EQ(http_status(error), 413U);
}

Error aws_refusal(unsigned status, std::string_view error_type, const std::string& body = R"({"message":"WORDS"})") {
    const Document document(body);
    return error_from_provider(status, document.root(), "acme", error_type);
}

TEST(ErrorFromProvider, KnowsAwsExceptionsByTheHeaderBesideTheBody) {
    const std::vector<std::tuple<unsigned, std::string, std::string, ErrorKind, Retry>> cases = {
        {400, "ValidationException", "upstream_rejected", ErrorKind::UpstreamRejected, Retry::Never},
        {403, "AccessDeniedException", "upstream_refused_credentials", ErrorKind::UpstreamUnavailable, Retry::Never},
        {403, "UnrecognizedClientException", "upstream_refused_credentials", ErrorKind::UpstreamUnavailable, Retry::Never},
        {400, "ExpiredTokenException", "upstream_refused_credentials", ErrorKind::UpstreamUnavailable, Retry::Never},
        {404, "ResourceNotFoundException:http://internal.amazon.com/coral/com.amazon.bedrock/", "model_not_found",
         ErrorKind::UpstreamRejected, Retry::Never},
        {408, "ModelTimeoutException", "upstream_unavailable", ErrorKind::UpstreamUnavailable, Retry::Safe},
        {424, "ModelErrorException", "upstream_unavailable", ErrorKind::UpstreamUnavailable, Retry::Safe},
        {429, "ThrottlingException", "rate_limit_exceeded", ErrorKind::UpstreamUnavailable, Retry::Safe},
        {429, "ModelNotReadyException", "rate_limit_exceeded", ErrorKind::UpstreamUnavailable, Retry::Safe},
        {400, "ServiceQuotaExceededException", "insufficient_quota", ErrorKind::UpstreamUnavailable, Retry::Never},
        {500, "InternalServerException", "upstream_unavailable", ErrorKind::UpstreamUnavailable, Retry::Safe},
        {503, "ServiceUnavailableException", "upstream_unavailable", ErrorKind::UpstreamUnavailable, Retry::Safe},
    };
    for (const auto& [status, type, code, kind, retry] : cases) {
        SCOPED_TRACE(type);
        const Error error = aws_refusal(status, type);
        EXPECT_EQ(error.kind(), kind);
        EXPECT_EQ(error.code(), code);
        EXPECT_EQ(error.retry(), retry);
        EXPECT_NE(error.detail().find("Exception"), std::string_view::npos) << "the log has the name";
    }
    EXPECT_TRUE(says(aws_refusal(400, "ValidationException"), "WORDS"));
    EXPECT_EQ(aws_refusal(400, "ValidationException", R"({"message":"Input is too long for requested model."})").code(),
              "context_length_exceeded");
}

TEST(ErrorFromProvider, TakesTheStatusOfAnExceptionInsideAStreamFromItsName) {
    const std::vector<std::tuple<std::string, unsigned, std::string>> cases = {
        {"throttlingException", 429, "rate_limit_exceeded"},
        {"validationException", 400, "upstream_rejected"},
        {"serviceUnavailableException", 503, "upstream_unavailable"},
        {"internalServerException", 502, "upstream_unavailable"},
        {"modelStreamErrorException", 502, "upstream_unavailable"},
        {"somethingElseException", 502, "upstream_unavailable"},
    };
    for (const auto& [name, status, code] : cases) {
        SCOPED_TRACE(name);
        const Error error = aws_refusal(200, name);
        EXPECT_EQ(error.status(), status);
        EXPECT_EQ(error.code(), code);
    }
    EXPECT_EQ(error_from_provider(200, wire::JsonValue{}, "acme", "throttlingException").code(), "rate_limit_exceeded");
}

TEST(ErrorFromProvider, KnowsAnAwsExceptionByItsTypeInTheBody) {
    EXPECT_EQ(refusal(400, R"({"__type":"com.amazon.coral.service#ThrottlingException","message":"slow"})").code(),
              "rate_limit_exceeded");
}

TEST(ErrorFromProvider, KnowsGooglesStatusesAndReasons) {
    const std::vector<std::tuple<unsigned, std::string, std::string, ErrorKind>> cases = {
        {400, R"({"error":{"code":400,"message":"WORDS","status":"INVALID_ARGUMENT"}})", "upstream_rejected",
         ErrorKind::UpstreamRejected},
        {400, R"({"error":{"code":400,"message":"WORDS","status":"FAILED_PRECONDITION"}})", "upstream_rejected",
         ErrorKind::UpstreamRejected},
        {400,
         R"({"error":{"code":400,"message":"API key not valid.","status":"INVALID_ARGUMENT","details":[{"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"API_KEY_INVALID","domain":"googleapis.com"}]}})",
         "upstream_refused_credentials", ErrorKind::UpstreamUnavailable},
        {401, R"({"error":{"code":401,"message":"WORDS","status":"UNAUTHENTICATED"}})", "upstream_refused_credentials",
         ErrorKind::UpstreamUnavailable},
        {403, R"({"error":{"code":403,"message":"WORDS","status":"PERMISSION_DENIED"}})", "upstream_refused_credentials",
         ErrorKind::UpstreamUnavailable},
        {404, R"([{"error":{"code":404,"message":"WORDS","status":"NOT_FOUND"}}])", "model_not_found",
         ErrorKind::UpstreamRejected},
        {429, R"([{"error":{"code":429,"message":"WORDS","status":"RESOURCE_EXHAUSTED"}}])", "rate_limit_exceeded",
         ErrorKind::UpstreamUnavailable},
        {500, R"({"error":{"code":500,"message":"WORDS","status":"INTERNAL"}})", "upstream_unavailable",
         ErrorKind::UpstreamUnavailable},
        {503, R"({"error":{"code":503,"message":"WORDS","status":"UNAVAILABLE"}})", "upstream_unavailable",
         ErrorKind::UpstreamUnavailable},
        {504, R"({"error":{"code":504,"message":"WORDS","status":"DEADLINE_EXCEEDED"}})", "upstream_unavailable",
         ErrorKind::UpstreamUnavailable},
    };
    for (const auto& [status, body, code, kind] : cases) {
        SCOPED_TRACE(body);
        EXPECT_EQ(refusal(status, body).code(), code);
        EXPECT_EQ(refusal(status, body).kind(), kind);
        EXPECT_EQ(refusal(200, body).code(), code) << "inside an answer that began well";
        EXPECT_EQ(refusal(200, body).kind(), kind);
    }
    EXPECT_EQ(refusal(200, R"({"error":{"message":"x","status":"INVALID_ARGUMENT"}})").status(), 400U);
}

TEST(ErrorFromProvider, NeedsNoBody) {
    for (const unsigned status : {302U, 400U, 401U, 429U, 500U, 503U}) {
        SCOPED_TRACE(status);
        const Error error = error_from_provider(status, wire::JsonValue{}, "acme");
        EXPECT_EQ(error.status(), status == 302 ? 502 : status);
        EXPECT_TRUE(says(error, "`acme`"));
        EXPECT_NE(error.detail().find(std::to_string(status)), std::string_view::npos);
    }
    for (const std::string body : {"null", "[]", "7", "\"text\"", "{}", R"({"error":null})", R"([[{"error":"x"}]])"}) {
        SCOPED_TRACE(body);
        EXPECT_EQ(refusal(400, body).code(), "upstream_rejected");
    }
}

TEST(ErrorFromProvider, TakesTheStatusOfAnErrorInsideA200FromItsCode) {
    const std::vector<std::tuple<std::string, unsigned, ErrorKind>> cases = {
        {R"({"error":{"code":429,"message":"Rate limited"}})", 429, ErrorKind::UpstreamUnavailable},
        {R"({"error":{"code":502,"message":"Provider disconnected"}})", 502, ErrorKind::UpstreamUnavailable},
        {R"({"error":{"code":"server_error","message":"x"}})", 502, ErrorKind::UpstreamUnavailable},
        {R"({"error":{"code":400,"message":"x"}})", 400, ErrorKind::UpstreamRejected},
        {R"({"error":{"code":"context_length_exceeded","message":"x"}})", 400, ErrorKind::UpstreamRejected},
        {R"({"error":{"type":"invalid_request_error","message":"x"}})", 400, ErrorKind::UpstreamRejected},
        {R"({"error":{"code":"rate_limit_exceeded","message":"x"}})", 429, ErrorKind::UpstreamUnavailable},
        {R"({"error":{"code":"model_not_found","message":"x"}})", 404, ErrorKind::UpstreamRejected},
        {R"({"error":{"code":"invalid_api_key","message":"x"}})", 401, ErrorKind::UpstreamUnavailable},
        {R"({"type":"error","error":{"type":"request_too_large","message":"x"}})", 413, ErrorKind::UpstreamRejected},
        {R"({"type":"error","error":{"type":"timeout_error","message":"x"}})", 504, ErrorKind::UpstreamUnavailable},
        {R"({"type":"error","error":{"type":"api_error","message":"x"}})", 502, ErrorKind::UpstreamUnavailable},
        {R"({"error":"x"})", 502, ErrorKind::UpstreamUnavailable},
    };
    for (const auto& [body, status, kind] : cases) {
        SCOPED_TRACE(body);
        const Error error = refusal(200, body);
        EXPECT_EQ(error.status(), status);
        EXPECT_EQ(error.kind(), kind);
    }
}

TEST(ErrorFromProvider, BoundsAndCleansTheProvidersWords) {
    const std::string words =
        std::string(100, 'a') + "\\u0000\\u001b[31m\\r\\nX-Injected: 1\\u007f" + std::string(1'000'000, 'b');
    const Error error = refusal(400, R"({"error":{"message":")" + words + R"(","code":")" + std::string(10'000, 'c') + R"("}})");
    EXPECT_LT(error.message().size(), 2200U);
    EXPECT_LT(error.detail().size(), 3000U);
    for (const std::string_view text : {error.message(), error.detail()}) {
        for (const char c : text) {
            ASSERT_TRUE(static_cast<unsigned char>(c) >= 0x20 && c != 0x7F);
        }
    }
    EXPECT_NE(error.detail().find("\\x1b[31m\\x0d\\x0a"), std::string_view::npos);
    EXPECT_TRUE(says(error, "[31m  X-Injected"));
}

TEST(ErrorFromProvider, BoundsAListOfProblems) {
    std::string body = R"({"detail":[)";
    for (int i = 0; i < 1000; ++i) {
        body += std::string(i == 0 ? "" : ",") + R"({"loc":[")" + std::string(1000, 'l') + R"("],"msg":")" +
                std::string(1000, 'm') + R"("})";
    }
    const Error error = refusal(422, body + "]}");
    EXPECT_LT(error.message().size(), 3000U);
    EXPECT_LT(error.param().size(), 600U);
}

TEST(ErrorFromProvider, CutsWordsAtACharactersBoundary) {
    std::string words(2047, 'a');
    words += "\xE2\x82\xAC\xE2\x82\xAC";
    const Error error = refusal(400, R"({"error":{"message":")" + words + R"("}})");
    EXPECT_TRUE(nlohmann::json::accept("\"" + std::string(error.message()) + "\""));
}

}  // namespace
}  // namespace tierway::dialect
