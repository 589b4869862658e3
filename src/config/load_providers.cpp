#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "config/addresses.hpp"
#include "config/expansion.hpp"
#include "config/loading.hpp"

namespace tierway::config {
namespace {

constexpr std::size_t kKeyBytesMax = 4096;
constexpr std::uintmax_t kCaFileBytesMax = std::uintmax_t{8} << 20U;
constexpr std::int64_t kIdleConnectionsMax = 10'000;

void read_dialect(MapReader& reader, Dialect& dialect) {
    if (reader.require("dialect", "`dialect: openai`") == nullptr) {
        return;
    }
    reader.read_choice("dialect", dialect,
                       {{name_of(Dialect::OpenAi), Dialect::OpenAi},
                        {name_of(Dialect::Azure), Dialect::Azure},
                        {name_of(Dialect::OpenAiResponses), Dialect::OpenAiResponses},
                        {name_of(Dialect::Anthropic), Dialect::Anthropic},
                        {name_of(Dialect::Gemini), Dialect::Gemini},
                        {name_of(Dialect::Bedrock), Dialect::Bedrock}});
}

// Whether a usable URL was read.
bool read_base_url(Loading& loading, MapReader& reader, BaseUrl& url) {
    if (reader.require("base_url", "`base_url: \"https://…\"`") == nullptr) {
        return false;
    }
    const YamlNode* node = reader.take_scalar("base_url");
    if (node == nullptr) {
        return false;
    }
    const auto expanded = expand_environment(node->text, loading.environment);
    auto parsed = expanded.value ? parse_base_url(*expanded.value) : Parsed<BaseUrl>::bad(expanded.problem);
    if (!parsed.value) {
        reader.fail("base_url", node->place, parsed.problem);
        return false;
    }
    url = *std::move(parsed.value);
    return true;
}

// Empty when the file can be given to the TLS library, else why not.
std::string ca_file_problem(const std::string& path) {
    std::error_code error;
    if (!std::filesystem::is_regular_file(path, error)) {
        return "names " + quoted_value(path) + ", which is not a file that can be read";
    }
    if (std::filesystem::file_size(path, error) > kCaFileBytesMax || error) {
        return "names " + quoted_value(path) + ", which is larger than 8 MiB";
    }
    std::ifstream file(path, std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
    if (!file) {
        return "names " + quoted_value(path) + ", which cannot be read";
    }
    if (text.find("-----BEGIN CERTIFICATE-----") == std::string::npos &&
        text.find("-----BEGIN TRUSTED CERTIFICATE-----") == std::string::npos) {
        return "names " + quoted_value(path) + ", which holds no PEM certificate";
    }
    return {};
}

void warn_of_open_key(Loading& loading, const YamlEntry& entry, const Provider& provider) {
    if (!provider.base_url.tls && !provider.api_key.empty() && !is_local_host(provider.base_url.host)) {
        loading.problems.warn(entry.key_place, "`providers." + provider.name +
                                                   "` sends its key and every prompt unencrypted to " +
                                                   quoted_value(provider.base_url.host) + ": use `https://` if it can.");
    }
    if (!provider.base_url.tls && !provider.ca_file.empty()) {
        loading.problems.warn(entry.key_place,
                              "`providers." + provider.name + ".ca_file` has no effect: its `base_url` begins with `http://`.");
    }
}

// OpenAI's own API, also as Azure hosts it; the compatible ones know the older name, and some of them only that.
bool is_openai_host(std::string_view host) noexcept {
    return host == "api.openai.com" || host.ends_with(".api.openai.com") || host.ends_with(".openai.azure.com");
}

void load_provider(Loading& loading, const YamlEntry& entry) {
    Provider provider;
    provider.name = entry.key;
    if (const auto name = parse_name(entry.key); !name.value) {
        loading.problems.error(entry.key_place, "The provider name " + quoted_value(entry.key) + " " + name.problem + ".");
    }
    MapReader reader(entry.value, "providers." + entry.key, loading.problems);
    read_dialect(reader, provider.dialect);
    const bool has_url = read_base_url(loading, reader, provider.base_url);
    read_secret(loading, reader, "api_key", provider.api_key);
    reader.read_choice("boundary", provider.boundary, {{"inside", Boundary::Inside}, {"outside", Boundary::Outside}});
    read_ca_file(reader, provider.ca_file);
    TimeoutOverrides timeouts;
    read_timeouts(loading, reader, timeouts);
    provider.timeouts = overridden(provider.timeouts, timeouts);
    reader.read_choice("when_client_leaves", provider.when_client_leaves,
                       {{"cancel", WhenClientLeaves::Cancel}, {"drain", WhenClientLeaves::Drain}});
    if (is_openai_host(provider.base_url.host)) {
        provider.output_limit_field = OutputLimitField::MaxCompletionTokens;
    }
    reader.read_choice("output_limit", provider.output_limit_field,
                       {{name_of(OutputLimitField::MaxTokens), OutputLimitField::MaxTokens},
                        {name_of(OutputLimitField::MaxCompletionTokens), OutputLimitField::MaxCompletionTokens}});
    reader.read_integer("idle_connections_max", provider.idle_connections_max, 0, kIdleConnectionsMax);
    reader.finish();
    if (has_url) {
        warn_of_open_key(loading, entry, provider);
    }
    loading.snapshot.providers.push_back(std::move(provider));
}

}  // namespace

// The text of the file is never repeated: it may be the secret that should not be there.
void read_secret(Loading& loading, MapReader& reader, std::string_view key, Secret& target) {
    const YamlNode* node = reader.take_scalar(key);
    if (node == nullptr) {
        return;
    }
    const std::string_view variable = whole_variable(node->text);
    if (variable.empty()) {
        reader.fail(key, node->place,
                    "must be `${NAME}`, the name of an environment variable: a credential in the file itself would end up in "
                    "backups and version control");
        return;
    }
    auto expanded = expand_environment(node->text, loading.environment);
    if (!expanded.value) {
        reader.fail(key, node->place, expanded.problem);
        return;
    }
    const bool visible = std::all_of(expanded.value->begin(), expanded.value->end(), [](char c) { return c > ' ' && c < 0x7F; });
    if (!visible || expanded.value->size() > kKeyBytesMax) {
        reader.fail(key, node->place,
                    "cannot be sent: the environment variable " + quoted_value(variable) +
                        " must hold at most 4096 visible ASCII characters, without spaces and line ends");
        return;
    }
    target = Secret(*std::move(expanded.value));
}

void read_ca_file(MapReader& reader, std::string& ca_file) {
    const YamlNode* node = reader.take_scalar("ca_file");
    if (node == nullptr || !reader.read_text("ca_file", ca_file)) {
        return;
    }
    if (const std::string problem = ca_file_problem(ca_file); !problem.empty()) {
        reader.fail("ca_file", node->place, problem);
    }
}

void load_providers(Loading& loading, const YamlNode& section) {
    const MapReader reader(section, "providers", loading.problems);
    for (const YamlEntry& entry : reader.entries()) {
        load_provider(loading, entry);
    }
    if (reader.is_mapping() && reader.entries().empty()) {
        loading.problems.error(section.place, "`providers` needs at least one provider.");
    }
}

}  // namespace tierway::config
