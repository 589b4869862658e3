#include <algorithm>
#include <array>
#include <cctype>
#include <string>

#include "config/addresses.hpp"
#include "config/expansion.hpp"
#include "config/loading.hpp"

namespace tierway::config {
namespace {

constexpr std::size_t kHeadersMax = 16;
constexpr std::size_t kHeaderNameBytesMax = 64;
constexpr std::size_t kHeaderValueBytesMax = 4'096;
constexpr std::size_t kResourceMax = 32;
constexpr std::size_t kAttributeNameBytesMax = 64;
constexpr std::size_t kAttributeTextBytesMax = 256;
constexpr std::string_view kTracesPath = "/v1/traces";

std::string lower_case(std::string_view text) {
    std::string lower(text);
    std::transform(lower.begin(), lower.end(), lower.begin(), [](unsigned char c) { return std::tolower(c); });
    return lower;
}

void read_collector(Loading& loading, MapReader& reader, std::optional<BaseUrl>& otlp) {
    const YamlNode* node = reader.take_scalar("otlp");
    if (node == nullptr) {
        return;
    }
    const auto expanded = expand_environment(node->text, loading.environment);
    if (expanded.value && *expanded.value == "off") {
        return;
    }
    auto parsed = expanded.value ? parse_base_url(*expanded.value) : Parsed<BaseUrl>::bad(expanded.problem);
    if (parsed.value && parsed.value->prefix.ends_with(kTracesPath)) {
        parsed = Parsed<BaseUrl>::bad("must end before `/v1/traces`, which the gateway adds");
    }
    if (!parsed.value) {
        reader.fail("otlp", node->place, parsed.problem);
        return;
    }
    otlp = std::move(parsed.value);
}

// Fields that the gateway words itself, and those that are of one connection.
bool is_of_ours(std::string_view name) {
    constexpr std::array<std::string_view, 9> kOurs{"host",       "content-type", "content-length", "content-encoding",
                                                    "connection", "expect",       "te",             "transfer-encoding",
                                                    "upgrade"};
    return std::find(kOurs.begin(), kOurs.end(), name) != kOurs.end();
}

// Empty when the name can be that of a field, else why not.
std::string name_problem(std::string_view name) {
    const auto is_token = [](char c) {
        return std::isalnum(static_cast<unsigned char>(c)) != 0 ||
               std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
    };
    if (name.empty() || name.size() > kHeaderNameBytesMax || !std::all_of(name.begin(), name.end(), is_token)) {
        return "is not the name of a header field";
    }
    return is_of_ours(lower_case(name)) ? "is a field that the gateway writes itself" : std::string();
}

bool names_a_credential(std::string_view name) {
    constexpr std::array<std::string_view, 6> kParts{"auth", "key", "token", "secret", "password", "cookie"};
    const std::string lower = lower_case(name);
    return std::any_of(kParts.begin(), kParts.end(),
                       [&lower](std::string_view part) { return lower.find(part) != std::string::npos; });
}

// The value of a field. Its text is never repeated: it may be the secret that should not be there.
Parsed<std::string> header_value(Loading& loading, const YamlEntry& entry) {
    using Result = Parsed<std::string>;
    const std::string& text = entry.value.text;
    if (names_a_credential(entry.key) && text.find("${") == std::string::npos) {
        return Result::bad("must take its credential from the environment, as in `\"${NAME}\"` or `\"Bearer ${NAME}\"`: in the file "
                           "itself it would end up in backups and version control");
    }
    auto expanded = expand_environment(text, loading.environment);
    if (!expanded.value) {
        return expanded;
    }
    const std::string& value = *expanded.value;
    const bool visible = std::all_of(value.begin(), value.end(), [](char c) { return c >= ' ' && c < 0x7F; });
    if (value.empty() || value.size() > kHeaderValueBytesMax || !visible || value.front() == ' ' || value.back() == ' ') {
        return Result::bad("must be 1 to 4096 visible ASCII characters without spaces around them");
    }
    return expanded;
}

void read_headers(Loading& loading, MapReader& parent, std::vector<Tracing::Header>& headers) {
    const YamlNode* node = parent.take("headers");
    if (node == nullptr) {
        return;
    }
    const MapReader reader(*node, parent.path_of("headers"), loading.problems);
    if (reader.entries().size() > kHeadersMax) {
        loading.problems.error(node->place, "`tracing.headers` has more than 16 fields.");
    }
    for (const YamlEntry& entry : reader.entries()) {
        const std::string path = quoted_value(reader.path_of(entry.key));
        if (const std::string problem = name_problem(entry.key); !problem.empty()) {
            loading.problems.error(entry.key_place, path + " " + problem + ".");
        } else if (entry.value.kind != YamlNode::Kind::Scalar) {
            loading.problems.error(entry.value.place, path + " must be a text.");
        } else if (auto value = header_value(loading, entry); !value.value) {
            loading.problems.error(entry.value.place, path + " " + value.problem + ".");
        } else {
            headers.push_back({entry.key, Secret(*std::move(value.value))});
        }
    }
}

// A text of the resource, which may come from the environment, such as the name of a pod.
Parsed<std::string> resource_text(Loading& loading, std::string_view text) {
    auto expanded = expand_environment(text, loading.environment);
    if (expanded.value && (expanded.value->empty() || expanded.value->size() > kAttributeTextBytesMax)) {
        return Parsed<std::string>::bad("must be a text of 1 to 256 bytes");
    }
    return expanded;
}

void read_service_name(Loading& loading, MapReader& reader, std::string& name) {
    const YamlNode* node = reader.take_scalar("service_name");
    if (node == nullptr) {
        return;
    }
    auto text = resource_text(loading, node->text);
    if (!text.value) {
        reader.fail("service_name", node->place, text.problem);
        return;
    }
    name = *std::move(text.value);
}

// Empty when the gateway can write the attribute, else why not.
std::string attribute_problem(std::string_view name) {
    const auto allowed = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
    };
    if (name.empty() || name.size() > kAttributeNameBytesMax || !std::all_of(name.begin(), name.end(), allowed)) {
        return "is not the name of an attribute: write lower-case words with dots, such as `deployment.environment.name`";
    }
    if (name == "service.name") {
        return "has a key of its own: `tracing.service_name`";
    }
    return name == "service.version" ? "is what the gateway says itself" : std::string();
}

void read_resource(Loading& loading, MapReader& parent, std::vector<std::pair<std::string, std::string>>& resource) {
    const YamlNode* node = parent.take("resource");
    if (node == nullptr) {
        return;
    }
    const MapReader reader(*node, parent.path_of("resource"), loading.problems);
    if (reader.entries().size() > kResourceMax) {
        loading.problems.error(node->place, "`tracing.resource` has more than 32 attributes.");
    }
    for (const YamlEntry& entry : reader.entries()) {
        const std::string path = quoted_value(reader.path_of(entry.key));
        if (const std::string problem = attribute_problem(entry.key); !problem.empty()) {
            loading.problems.error(entry.key_place, path + " " + problem + ".");
        } else if (entry.value.kind != YamlNode::Kind::Scalar) {
            loading.problems.error(entry.value.place, path + " must be a text.");
        } else if (auto text = resource_text(loading, entry.value.text); !text.value) {
            loading.problems.error(entry.value.place, path + " " + text.problem + ".");
        } else {
            resource.emplace_back(entry.key, *std::move(text.value));
        }
    }
}

void refuse_without_collector(MapReader& reader) {
    const auto is_collector = [](const YamlEntry& entry) { return entry.key == "otlp"; };
    if (std::any_of(reader.entries().begin(), reader.entries().end(), is_collector)) {
        return;
    }
    constexpr std::array<std::string_view, 5> kOfACollector{"headers", "ca_file", "sample", "service_name", "resource"};
    for (const YamlEntry& entry : reader.entries()) {
        if (std::find(kOfACollector.begin(), kOfACollector.end(), entry.key) != kOfACollector.end()) {
            reader.fail(entry.key, entry.key_place, "has no effect without `otlp`, the address of a collector");
            return;
        }
    }
}

void warn_of_open_headers(Loading& loading, Place place, const Tracing& tracing) {
    if (!tracing.otlp || tracing.otlp->tls) {
        return;
    }
    if (!tracing.headers.empty() && !is_local_host(tracing.otlp->host)) {
        loading.problems.warn(place, "`tracing.headers` travel unencrypted to " + quoted_value(tracing.otlp->host) +
                                         ": use `https://` if the collector can.");
    }
    if (!tracing.ca_file.empty()) {
        loading.problems.warn(place, "`tracing.ca_file` has no effect: `otlp` begins with `http://`.");
    }
}

}  // namespace

void load_tracing(Loading& loading, const YamlNode& section) {
    MapReader reader(section, "tracing", loading.problems);
    Tracing& tracing = loading.snapshot.tracing;
    read_collector(loading, reader, tracing.otlp);
    read_headers(loading, reader, tracing.headers);
    read_ca_file(reader, tracing.ca_file);
    reader.read_fraction("sample", tracing.sample);
    read_service_name(loading, reader, tracing.service_name);
    read_resource(loading, reader, tracing.resource);
    reader.read_choice("propagate", tracing.propagate,
                       {{"all", Propagation::All}, {"inside", Propagation::Inside}, {"off", Propagation::Off}});
    reader.finish();
    refuse_without_collector(reader);
    warn_of_open_headers(loading, section.place, tracing);
}

}  // namespace tierway::config
