#include <utility>

#include "gateway/answer_problem.hpp"
#include "gateway/executor.hpp"
#include "gateway/redaction.hpp"
#include "tierway/dialect/embeddings.hpp"

namespace tierway::gateway {
namespace {

/// Vectors are many numbers: as many as the largest answer may hold when they are written short.
constexpr wire::JsonLimits kVectorLimits{.bytes_max = std::size_t{64} << 20U, .depth_max = 8, .values_max = 8'000'000};

struct Embeddings {
    dialect::ChatAnswer content;
    std::string bytes;
};

Result<Embeddings> read(std::string_view body, bool ended_by_close, const dialect::EmbeddingsRequest& request, std::string_view model,
                        std::string_view provider) {
    // A parser of its own, whose memory ends with it: an answer in numbers takes more than a worker should keep.
    wire::JsonParser parser;
    const auto parsed = parser.parse(body, kVectorLimits);
    if (!parsed) {
        return not_json(parsed.error(), ended_by_close);
    }
    auto content = dialect::read_embeddings_answer(*parsed, provider, request.inputs);
    if (!content) {
        return content.error();
    }
    auto bytes = dialect::write_embeddings_answer(body, *parsed, model, request.encoding, provider);
    if (!bytes) {
        return bytes.error();
    }
    return Embeddings{std::move(*content), std::move(*bytes)};
}

}  // namespace

Result<void> Executor::read_embeddings(UpstreamCall& call, Answer& answer) {
    const std::string& body = context_.scratch.body;
    auto embeddings = read(body, call.ended_by_close(), *context_.plan().embeddings, context_.runtime->name_json(call.model()),
                           provider_of(call).name);
    if (!embeddings) {
        const Error failed = without_secret(embeddings.error(), credential(call));
        charge(answer.tier, call, nullptr, 0, &failed);
        return failed;
    }
    call.give_back();
    answer.content = std::move(embeddings->content);
    answer.bytes = std::move(embeddings->bytes);
    answer.charge = charge(answer.tier, call, &answer.content, body.size(), nullptr);
    answer.relayed_headers = context_.relayed_headers;
    return {};
}

}  // namespace tierway::gateway
