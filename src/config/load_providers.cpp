#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "config/addresses.hpp"
#include "config/expansion.hpp"
#include "config/loading.hpp"
#include "config/provider_defaults.hpp"

namespace tierway::config {
namespace {

constexpr std::size_t kOptionBytesMax = 64;
constexpr std::uintmax_t kCaFileBytesMax = std::uintmax_t{8} << 20U;
constexpr std::int64_t kIdleConnectionsMax = 10'000;

// Whom the section's entry can take its defaults from: the vendor of its own name, else the one that it names.
struct Vendors {
    const KnownProvider* named = nullptr;       ///< Of the entry's own name.
    const KnownProvider* compatible = nullptr;  ///< Of `compatible_with`.

    [[nodiscard]] const KnownProvider* spoken() const noexcept { return compatible != nullptr ? compatible : named; }
};

void read_compatible_with(MapReader& reader, Vendors& vendors) {
    const YamlNode* node = reader.take_scalar("compatible_with");
    if (node == nullptr) {
        return;
    }
    std::vector<std::string_view> names;
    for (const KnownProvider& known : known_providers()) {
        if (known.dialect == Dialect::OpenAi) {
            names.push_back(known.name);
            vendors.compatible = known.name == node->text ? &known : vendors.compatible;
        }
    }
    if (vendors.compatible == nullptr) {
        reader.fail("compatible_with", node->place,
                    "names no vendor of a known form of Chat Completions: " + quoted_value(node->text) + " is none" +
                        reader.problems().suggestion(node->text, names));
    }
}

void read_dialect(MapReader& reader, const Vendors& vendors, Dialect& dialect) {
    if (vendors.spoken() != nullptr) {
        dialect = vendors.spoken()->dialect;
    } else if (reader.require("dialect", "`dialect: openai`") == nullptr) {
        return;
    }
    reader.read_choice("dialect", dialect,
                       {{name_of(Dialect::OpenAi), Dialect::OpenAi},
                        {name_of(Dialect::Azure), Dialect::Azure},
                        {name_of(Dialect::OpenAiResponses), Dialect::OpenAiResponses},
                        {name_of(Dialect::Anthropic), Dialect::Anthropic},
                        {name_of(Dialect::Gemini), Dialect::Gemini},
                        {name_of(Dialect::Bedrock), Dialect::Bedrock}});
    if (vendors.compatible != nullptr && dialect != Dialect::OpenAi) {
        reader.fail("compatible_with", reader.take("compatible_with")->place,
                    "is for `dialect: openai`, the one that many vendors speak");
    }
}

// Azure's newer addresses lie below a path that nobody should have to know; the older ones are made from the deployment's name.
void complete_azure_path(Provider& provider) {
    if (provider.dialect == Dialect::Azure && provider.base_url.prefix.empty() && provider.api_version.empty()) {
        provider.base_url.prefix = "/openai/v1";
    }
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

// The vendor's own address and, since only that may see it, the vendor's key from the environment.
bool take_defaults(Loading& loading, const YamlEntry& entry, const KnownProvider& known, Provider& provider) {
    std::string problem = take_known_address(known, loading.environment, provider);
    if (problem.empty() && provider.api_key.empty() && provider.aws.empty()) {
        problem = take_known_credential(known, loading.environment, provider);
    }
    if (!problem.empty()) {
        loading.problems.error(entry.key_place, quoted_value("providers." + entry.key) + " " + problem + ".");
    }
    return problem.empty();
}

// Whose address it is when none is written: that of the vendor, or of the one vendor that speaks the dialect.
const KnownProvider* addressed(const Vendors& vendors, Dialect dialect) {
    if (vendors.spoken() != nullptr && vendors.spoken()->dialect == dialect) {
        return vendors.spoken()->base_url.empty() ? nullptr : vendors.spoken();
    }
    const auto known = known_providers();
    const auto found = std::find_if(known.begin(), known.end(), [dialect](const KnownProvider& k) { return k.dialect == dialect; });
    return dialect == Dialect::OpenAi || found == known.end() ? nullptr : &*found;
}

bool read_address(Loading& loading, MapReader& reader, const YamlEntry& entry, const Vendors& vendors, Provider& provider) {
    const KnownProvider* known = addressed(vendors, provider.dialect);
    if (known != nullptr && reader.take("base_url") == nullptr) {
        return take_defaults(loading, entry, *known, provider);
    }
    const bool has_url = read_base_url(loading, reader, provider.base_url);
    complete_azure_path(provider);
    if (!provider.aws.empty() && provider.region.empty()) {
        loading.problems.error(entry.key_place, quoted_value("providers." + entry.key) + " needs a `region` to sign requests for.");
    }
    return has_url;
}

void refuse_option_of(MapReader& reader, std::string_view key, std::string_view dialects) {
    if (const YamlNode* node = reader.take(key); node != nullptr) {
        reader.fail(key, node->place, "is for " + std::string(dialects));
    }
}

void read_api_version(MapReader& reader, Provider& provider) {
    const YamlNode* node = reader.take_scalar("api_version");
    if (node == nullptr || !reader.read_text("api_version", provider.api_version)) {
        return;
    }
    const auto allowed = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || c == '-'; };
    const std::string& version = provider.api_version;
    if (version.empty() || version.size() > kOptionBytesMax || !std::all_of(version.begin(), version.end(), allowed)) {
        reader.fail("api_version", node->place, "must be a date such as `2025-04-01-preview` or `2023-06-01`");
    }
}

void read_region(MapReader& reader, Provider& provider) {
    const YamlNode* node = reader.take_scalar("region");
    if (node == nullptr || !reader.read_text("region", provider.region)) {
        return;
    }
    const auto allowed = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || c == '-'; };
    const std::string& region = provider.region;
    if (region.empty() || region.size() > kOptionBytesMax || !std::all_of(region.begin(), region.end(), allowed)) {
        reader.fail("region", node->place, "must be the name of a region such as `us-east-1`");
    }
}

void read_aws_keys(Loading& loading, MapReader& reader, const YamlEntry& entry, AwsKeys& keys) {
    read_secret(loading, reader, "aws_access_key_id", keys.access_key_id);
    read_secret(loading, reader, "aws_secret_access_key", keys.secret_access_key);
    read_secret(loading, reader, "aws_session_token", keys.session_token);
    const bool has_id = reader.take("aws_access_key_id") != nullptr;
    const bool has_secret = reader.take("aws_secret_access_key") != nullptr;
    if (has_id != has_secret) {
        loading.problems.error(entry.key_place, quoted_value("providers." + entry.key) +
                                                    " needs `aws_access_key_id` and `aws_secret_access_key` together.");
    }
}

// What only some dialects have a use for.
void read_dialect_options(Loading& loading, MapReader& reader, const YamlEntry& entry, Provider& provider) {
    if (provider.dialect == Dialect::Azure || provider.dialect == Dialect::Anthropic) {
        read_api_version(reader, provider);
    } else {
        refuse_option_of(reader, "api_version", "`dialect: azure` and `dialect: anthropic`");
    }
    if (provider.dialect == Dialect::Bedrock) {
        read_region(reader, provider);
        read_aws_keys(loading, reader, entry, provider.aws);
        return;
    }
    for (const std::string_view key : {"region", "aws_access_key_id", "aws_secret_access_key", "aws_session_token"}) {
        refuse_option_of(reader, key, "`dialect: bedrock`");
    }
}

// What is said of the vendor's form of Chat Completions, or follows from its name or address.
void read_form(MapReader& reader, const Vendors& vendors, Provider& provider) {
    const bool is_chat = provider.dialect == Dialect::OpenAi || provider.dialect == Dialect::Azure;
    const KnownProvider* vendor = vendors.spoken() != nullptr ? vendors.spoken() : find_known_host(provider.base_url.host);
    if (provider.dialect == Dialect::OpenAi && vendor != nullptr && vendor->dialect == Dialect::OpenAi) {
        provider.compatible_with = vendor->name;
    } else if (provider.dialect == Dialect::Azure) {
        provider.compatible_with = "openai";
    }
    take_known_traits(vendor, provider);
    if (reader.read_choice("output_limit", provider.output_limit_field,
                           {{name_of(OutputLimitField::MaxTokens), OutputLimitField::MaxTokens},
                            {name_of(OutputLimitField::MaxCompletionTokens), OutputLimitField::MaxCompletionTokens}})) {
        provider.output_limit_exclusive = true;
    }
    if (is_chat) {
        reader.read_bool("responses", provider.responses);
    } else {
        refuse_option_of(reader, "responses", "`dialect: openai` and `dialect: azure`");
    }
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

void load_provider(Loading& loading, const YamlEntry& entry) {
    Provider provider;
    provider.name = entry.key;
    if (const auto name = parse_name(entry.key); !name.value) {
        loading.problems.error(entry.key_place, "The provider name " + quoted_value(entry.key) + " " + name.problem + ".");
    }
    MapReader reader(entry.value, "providers." + entry.key, loading.problems);
    Vendors vendors{find_known_provider(entry.key), nullptr};
    read_compatible_with(reader, vendors);
    read_dialect(reader, vendors, provider.dialect);
    read_secret(loading, reader, "api_key", provider.api_key);
    read_dialect_options(loading, reader, entry, provider);
    const bool has_url = read_address(loading, reader, entry, vendors, provider);
    reader.read_choice("boundary", provider.boundary, {{"inside", Boundary::Inside}, {"outside", Boundary::Outside}});
    read_ca_file(reader, provider.ca_file);
    TimeoutOverrides timeouts;
    read_timeouts(loading, reader, timeouts);
    provider.timeouts = overridden(provider.timeouts, timeouts);
    reader.read_choice("when_client_leaves", provider.when_client_leaves,
                       {{"cancel", WhenClientLeaves::Cancel}, {"drain", WhenClientLeaves::Drain}});
    read_form(reader, vendors, provider);
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
    if (const std::string problem = credential_problem(variable, *expanded.value); !problem.empty()) {
        reader.fail(key, node->place, problem);
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
    loading.has_empty_providers = reader.entries().empty();
    if (reader.is_mapping() && reader.entries().empty()) {
        loading.problems.error(section.place, "`providers` needs at least one provider.");
    }
}

}  // namespace tierway::config
