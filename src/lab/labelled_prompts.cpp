#include "tierway/lab/labelled_prompts.hpp"

#include <fstream>
#include <unordered_map>
#include <utility>

#include "lab/bounded_lines.hpp"
#include "tierway/classify/model_features.hpp"
#include "tierway/dialect/chat_request.hpp"
#include "tierway/wire/json_view.hpp"

namespace tierway::lab {
namespace {

constexpr std::size_t kIdBytesMax = 256;
constexpr std::size_t kNameMapBytesMax = std::size_t{1} << 20U;

Error wrong(const std::string& what) {
    return Error::downstream(ErrorKind::InvalidRequest, "invalid_row", what);
}

/// A member that must be a text that is not empty.
Result<std::string> text_of(const wire::JsonValue& row, std::string_view key) {
    const wire::JsonValue value = row.find(key);
    if (!value.is_string() || value.raw().size() <= 2 || value.raw().size() > kIdBytesMax) {
        return wrong("`" + std::string(key) + "` must be a text of 1 to " + std::to_string(kIdBytesMax) + " bytes.");
    }
    return value.to_string();
}

/// The chat request that the row describes, of which its bytes are taken as they are.
Result<std::string> body_of(const wire::JsonValue& row) {
    std::string messages;
    if (const wire::JsonValue given = row.find("messages"); given.exists()) {
        messages = given.raw();
    } else if (const wire::JsonValue prompt = row.find("prompt"); prompt.is_string()) {
        messages = R"([{"role":"user","content":)" + std::string(prompt.raw()) + "}]";
    } else {
        return wrong("The row needs `prompt`, a text, or `messages`, a list.");
    }
    std::string body = R"({"model":"auto","messages":)" + messages;
    for (const std::string_view key : {"tools", "response_format"}) {
        if (const wire::JsonValue member = row.find(key); member.exists()) {
            body += ",\"" + std::string(key) + "\":" + std::string(member.raw());
        }
    }
    return body + '}';
}

/// Reads rows with one pair of parsers: of the row, and of the request that it describes.
class RowReader {
public:
    RowReader(std::string_view field, const NameMap& names) : field_(field), names_(names) {}

    Result<LabelledPrompt> read(const std::string& line) {
        const auto row = row_parser_.parse(line);
        if (!row) {
            return row.error();
        }
        LabelledPrompt prompt;
        for (const auto& [key, target] : {std::pair{std::string_view("id"), &prompt.id}, std::pair{field_, &prompt.label}}) {
            auto text = text_of(*row, key);
            if (!text) {
                return text.error();
            }
            *target = *std::move(text);
        }
        if (const auto renamed = names_.find(prompt.label); renamed != names_.end()) {
            prompt.label = renamed->second;
        }
        prompt.source = row->find("source").to_string();
        prompt.origin = row->find("origin").to_string();
        prompt.licence = row->find("licence").to_string();
        const auto body = body_of(*row);
        if (!body) {
            return body.error();
        }
        const auto root = request_parser_.parse(*body);
        if (!root) {
            return root.error();
        }
        const auto request = dialect::read_chat_request(*root);
        if (!request) {
            return request.error();
        }
        classify::extract_features(*request, prompt.features, classify::kModelLimits);
        if (prompt.features.ask.empty()) {
            return wrong("The row holds no words of a user.");
        }
        return prompt;
    }

private:
    std::string_view field_;
    const NameMap& names_;
    wire::JsonParser row_parser_;
    wire::JsonParser request_parser_;
};

}  // namespace

LabelledPrompts read_labelled_prompts(std::istream& lines, const std::string& file, std::string_view field, const NameMap& names) {
    LabelledPrompts prompts;
    RowReader reader(field, names);
    std::unordered_map<std::string, int> line_of_id;
    std::string line;
    const auto problem = [&](int number, std::string message) {
        prompts.problems.push_back({file, number, 1, std::move(message)});
    };
    for (int number = 1; prompts.problems.size() < kLabelledProblemsMax; ++number) {
        const LineEnd end = next_line(lines, kLabelledPromptBytesMax, line);
        if (end == LineEnd::EndOfFile) {
            break;
        }
        if (end == LineEnd::TooLong) {
            problem(number, "The line is longer than 4 MiB; what follows was not read.");
            break;
        }
        if (line.find_first_not_of(" \t\r") == std::string::npos) {
            continue;
        }
        if (prompts.rows.size() == kLabelledPromptsMax) {
            problem(number, "There are more than " + std::to_string(kLabelledPromptsMax) + " rows; what follows was not read.");
            break;
        }
        auto row = reader.read(line);
        if (!row) {
            problem(number, std::string(row.error().message()));
            continue;
        }
        const auto [first, is_new] = line_of_id.emplace(row->id, number);
        if (!is_new) {
            problem(number, "The id `" + row->id + "` is that of line " + std::to_string(first->second) +
                                " already; every row needs its own.");
            continue;
        }
        prompts.rows.push_back(*std::move(row));
    }
    return prompts;
}

Result<NameMap> read_name_map(const std::string& file) {
    std::ifstream in(file, std::ios::binary);
    std::string text(kNameMapBytesMax + 1, '\0');
    in.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(in.gcount()));
    if (text.empty() || text.size() > kNameMapBytesMax) {
        return wrong(file + " cannot be read, is empty, or is larger than 1 MiB.");
    }
    wire::JsonParser parser;
    const auto root = parser.parse(text);
    if (!root || !root->is_object()) {
        return wrong(file + " must hold a JSON object such as {\"qa\": \"open_qa\"}" +
                     (root ? "." : ": " + std::string(root.error().message())));
    }
    NameMap names;
    std::string scratch;
    for (const wire::JsonValue member : *root) {
        const std::string key(member.key(scratch));
        if (!member.is_string() || member.to_string().empty()) {
            return wrong(file + ": the name for `" + key + "` must be a text that is not empty.");
        }
        names[key] = member.to_string();
    }
    return names;
}

}  // namespace tierway::lab
