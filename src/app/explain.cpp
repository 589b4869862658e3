#include "app/explain.hpp"

#include <chrono>
#include <fstream>
#include <iostream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <optional>

#include "app/exit_codes.hpp"
#include "app/serve.hpp"
#include "tierway/classify/classifier.hpp"
#include "tierway/config/load.hpp"
#include "tierway/decision/explanation.hpp"
#include "tierway/decision/gain_policy.hpp"
#include "tierway/dialect/chat.hpp"
#include "tierway/dialect/door_codec.hpp"

namespace tierway::app {
namespace {

using nlohmann::ordered_json;

std::optional<std::string> request_body(const ExplainOptions& options) {
    if (options.request_file.empty()) {
        return decision::chat_of_prompt(options.prompt, options.model);
    }
    if (options.request_file == "-") {
        return std::string(std::istreambuf_iterator<char>(std::cin), {});
    }
    std::ifstream file(options.request_file, std::ios::binary);
    if (!file) {
        return std::nullopt;
    }
    return std::string(std::istreambuf_iterator<char>(file), {});
}

/// The body in the words of Chat, in which requests are planned.
Result<std::string> in_chat(dialect::Dialect door, const std::string& body) {
    if (door == dialect::Dialect::Chat) {
        return body;
    }
    wire::JsonParser parser;
    const auto parsed = parser.parse(body);
    const auto conversation = parsed ? dialect::read_door_request(door, *parsed) : Result<dialect::Conversation>(parsed.error());
    if (!conversation) {
        return conversation.error();
    }
    dialect::Omissions omissions;
    return dialect::chat::write_request(*conversation, omissions);
}

/// One "key: value" line for each leaf, nested keys joined with dots.
void print_text(const ordered_json& value, const std::string& key) {
    if (value.is_object()) {
        for (const auto& [name, member] : value.items()) {
            print_text(member, key.empty() ? name : key + '.' + name);
        }
        return;
    }
    std::string text;
    if (value.is_array()) {
        for (const auto& item : value) {
            text += (text.empty() ? "" : ", ") + (item.is_string() ? item.get<std::string>() : item.dump());
        }
    } else {
        text = value.is_string() ? value.get<std::string>() : value.dump();
    }
    std::cout << key << ": " << text << '\n';
}

}  // namespace

int explain(const ExplainOptions& options) {
    const config::LoadResult loaded =
        config::load_file(options.config_file, config::PriceCatalogue::built_in(), config::process_environment());
    if (!loaded.snapshot) {
        print_problems(loaded);
        return kWrongUsage;
    }
    const std::optional<std::string> sent = request_body(options);
    if (!sent) {
        std::cerr << "The request file " << options.request_file << " cannot be read.\n";
        return kWrongUsage;
    }
    const Result<std::string> body = in_chat(options.door, *sent);
    if (!body) {
        std::cerr << body.error().message() << '\n';
        return kFailed;
    }
    const classify::Classifier classifier(loaded.snapshot);
    const auto gains = decision::GainPolicy::load(*loaded.snapshot);
    if (!gains) {
        std::cerr << gains.error().message() << '\n';
        return kWrongUsage;
    }
    const decision::Question question{*body, options.key_id, options.declared_class};
    const auto explained =
        decision::explain(*loaded.snapshot, classifier, **gains, question, std::chrono::steady_clock::now());
    if (!explained) {
        std::cerr << explained.error().message() << '\n';
        return kWrongUsage;
    }
    if (options.json) {
        // An n-gram may be a part of a character.
        std::cout << explained->dump(2, ' ', false, ordered_json::error_handler_t::replace) << '\n';
    } else {
        print_text(*explained, {});
    }
    return explained->contains("error") ? kFailed : kFine;
}

}  // namespace tierway::app
