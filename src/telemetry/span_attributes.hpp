#pragma once

#include <string_view>

/// The names of what spans say, in one place, because those of OpenTelemetry still move (WIRE.md section 8.1).
namespace tierway::telemetry::attribute {

/// OpenTelemetry GenAI, semantic conventions v1.41.
inline constexpr std::string_view kOperation = "gen_ai.operation.name";
inline constexpr std::string_view kProvider = "gen_ai.provider.name";
inline constexpr std::string_view kRequestModel = "gen_ai.request.model";
inline constexpr std::string_view kRequestMaxTokens = "gen_ai.request.max_tokens";
inline constexpr std::string_view kRequestTemperature = "gen_ai.request.temperature";
inline constexpr std::string_view kRequestTopP = "gen_ai.request.top_p";
inline constexpr std::string_view kRequestSeed = "gen_ai.request.seed";
inline constexpr std::string_view kRequestChoices = "gen_ai.request.choice.count";
inline constexpr std::string_view kRequestFrequencyPenalty = "gen_ai.request.frequency_penalty";
inline constexpr std::string_view kRequestPresencePenalty = "gen_ai.request.presence_penalty";
inline constexpr std::string_view kRequestStream = "gen_ai.request.stream";
inline constexpr std::string_view kOutputType = "gen_ai.output.type";
inline constexpr std::string_view kResponseModel = "gen_ai.response.model";
inline constexpr std::string_view kFinishReasons = "gen_ai.response.finish_reasons";
inline constexpr std::string_view kTimeToFirstChunk = "gen_ai.response.time_to_first_chunk";
inline constexpr std::string_view kInputTokens = "gen_ai.usage.input_tokens";
inline constexpr std::string_view kOutputTokens = "gen_ai.usage.output_tokens";
inline constexpr std::string_view kCachedTokens = "gen_ai.usage.cache_read.input_tokens";
inline constexpr std::string_view kCacheWriteTokens = "gen_ai.usage.cache_creation.input_tokens";
inline constexpr std::string_view kReasoningTokens = "gen_ai.usage.reasoning.output_tokens";

/// HTTP and general, stable.
inline constexpr std::string_view kMethod = "http.request.method";
inline constexpr std::string_view kRoute = "http.route";
inline constexpr std::string_view kStatus = "http.response.status_code";
inline constexpr std::string_view kPath = "url.path";
inline constexpr std::string_view kScheme = "url.scheme";
inline constexpr std::string_view kServerAddress = "server.address";
inline constexpr std::string_view kServerPort = "server.port";
inline constexpr std::string_view kErrorType = "error.type";

/// Our own: the members of the decision record by the same names.
inline constexpr std::string_view kRequestId = "tierway.request_id";
inline constexpr std::string_view kPrincipal = "tierway.principal";
inline constexpr std::string_view kTeam = "tierway.team";
inline constexpr std::string_view kAskedModel = "tierway.asked_model";
inline constexpr std::string_view kStream = "tierway.stream";
inline constexpr std::string_view kClass = "tierway.class";
inline constexpr std::string_view kClassifier = "tierway.classifier";
inline constexpr std::string_view kBoundTier = "tierway.bound_tier";
inline constexpr std::string_view kTier = "tierway.tier";
inline constexpr std::string_view kModel = "tierway.model";
inline constexpr std::string_view kEscalation = "tierway.escalation";
inline constexpr std::string_view kEscalationReason = "tierway.escalation_reason";
inline constexpr std::string_view kConfidence = "tierway.confidence";
inline constexpr std::string_view kAttempts = "tierway.attempts";
inline constexpr std::string_view kFallbacks = "tierway.fallbacks";
inline constexpr std::string_view kCost = "tierway.cost_usd";
inline constexpr std::string_view kBaseline = "tierway.baseline_usd";
inline constexpr std::string_view kOutcome = "tierway.outcome";
inline constexpr std::string_view kPolicy = "tierway.policy";
inline constexpr std::string_view kPurpose = "tierway.purpose";
inline constexpr std::string_view kUsageSource = "tierway.usage";

}  // namespace tierway::telemetry::attribute
