#include "config/provider_defaults.hpp"

#include <algorithm>
#include <array>

#include "config/addresses.hpp"
#include "config/expansion.hpp"

namespace tierway::config {
namespace {

constexpr std::size_t kKeyBytesMax = 4096;
constexpr std::string_view kRegionVariable = "${AWS_REGION}";

std::optional<std::string> variable_in(const Environment& environment, std::string_view name) {
    auto value = environment(std::string(name));
    return value && value->empty() ? std::nullopt : value;
}

std::string missing_variable(std::string_view name) {
    return "needs the environment variable " + quoted_value(name) + ", which is not set or empty";
}

/// Takes one credential; says whether it was there. `problem` is set when it cannot be sent.
bool take_secret(const Environment& environment, std::string_view variable, Secret& target, std::string& problem) {
    auto value = variable_in(environment, variable);
    if (!value) {
        return false;
    }
    problem = credential_problem(variable, *value);
    target = Secret(*std::move(value));
    return true;
}

/// The pair, when both are there.
bool take_aws_keys(const Environment& environment, AwsKeys& keys, std::string& problem) {
    AwsKeys found;
    if (!take_secret(environment, "AWS_ACCESS_KEY_ID", found.access_key_id, problem) || !problem.empty() ||
        !take_secret(environment, "AWS_SECRET_ACCESS_KEY", found.secret_access_key, problem) || !problem.empty()) {
        return !problem.empty();
    }
    take_secret(environment, "AWS_SESSION_TOKEN", found.session_token, problem);
    keys = std::move(found);
    return true;
}

std::string take_region(const Environment& environment, Provider& provider) {
    for (const std::string_view name : {"AWS_REGION", "AWS_DEFAULT_REGION"}) {
        if (auto value = variable_in(environment, name); provider.region.empty() && value) {
            provider.region = *std::move(value);
        }
    }
    return provider.region.empty() ? "needs a `region`, or the environment variable `AWS_REGION`, which is not set or empty" : "";
}

}  // namespace

std::string credential_problem(std::string_view variable, std::string_view value) {
    const bool visible = std::all_of(value.begin(), value.end(), [](char c) { return c > ' ' && c < 0x7F; });
    if (visible && value.size() <= kKeyBytesMax) {
        return {};
    }
    return "cannot be sent: the environment variable " + quoted_value(variable) +
           " must hold at most 4096 visible ASCII characters, without spaces and line ends";
}

bool is_openai_host(std::string_view host) noexcept {
    return host == "api.openai.com" || host.ends_with(".api.openai.com") || host.ends_with(".openai.azure.com") ||
           host.ends_with(".services.ai.azure.com");
}

std::string take_known_address(const KnownProvider& known, const Environment& environment, Provider& provider) {
    std::string url(known.base_url);
    if (const std::size_t at = url.find(kRegionVariable); at != std::string::npos) {
        if (std::string problem = take_region(environment, provider); !problem.empty()) {
            return problem;
        }
        url.replace(at, kRegionVariable.size(), provider.region);
    }
    auto parsed = parse_base_url(url);
    if (!parsed.value) {
        return parsed.problem;
    }
    provider.base_url = *std::move(parsed.value);
    return {};
}

std::string take_known_credential(const KnownProvider& known, const Environment& environment, Provider& provider) {
    std::string problem;
    for (const std::string_view variable : known.key_variables) {
        if (take_secret(environment, variable, provider.api_key, problem)) {
            return problem;
        }
    }
    if (known.key_variables.empty()) {
        return {};
    }
    if (known.dialect == Dialect::Bedrock) {
        if (take_aws_keys(environment, provider.aws, problem)) {
            return problem;
        }
        return missing_variable(known.key_variables.front()) + ", or `AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY`";
    }
    return missing_variable(known.key_variables.front());
}

void take_known_traits(const KnownProvider* vendor, Provider& provider) {
    const bool is_openai = is_openai_host(provider.base_url.host);
    if (is_openai) {
        provider.output_limit_field = OutputLimitField::MaxCompletionTokens;
        provider.output_limit_exclusive = true;
    } else if (vendor != nullptr && vendor->output_limit == OutputLimitField::MaxTokens) {
        provider.output_limit_exclusive = true;
    }
    const bool is_chat = provider.dialect == Dialect::OpenAi || provider.dialect == Dialect::Azure;
    // What other dialects cannot express is known of them all; Gemini's has a word for it.
    provider.several_choices = is_chat ? vendor == nullptr || vendor->several_choices : provider.dialect == Dialect::Gemini;
    provider.responses = provider.dialect == Dialect::OpenAi && is_openai;
}

std::optional<ProviderId> find_or_imply_provider(Loading& loading, std::string_view name, std::string& problem) {
    auto& providers = loading.snapshot.providers;
    const auto found = std::find_if(providers.begin(), providers.end(), [name](const Provider& p) { return p.name == name; });
    if (found != providers.end()) {
        return ProviderId(found - providers.begin());
    }
    const KnownProvider* known = find_known_provider(name);
    if (known == nullptr) {
        return std::nullopt;
    }
    if (known->base_url.empty()) {
        problem = "needs an entry under `providers` with a `base_url`, because everybody runs their own";
        return std::nullopt;
    }
    Provider provider;
    provider.name = known->name;
    provider.dialect = known->dialect;
    problem = take_known_credential(*known, loading.environment, provider);
    if (problem.empty()) {
        problem = take_known_address(*known, loading.environment, provider);
    }
    if (!problem.empty()) {
        return std::nullopt;
    }
    provider.compatible_with = known->dialect == Dialect::OpenAi ? known->name : std::string_view();
    take_known_traits(known, provider);
    providers.push_back(std::move(provider));
    return ProviderId(providers.size() - 1);
}

}  // namespace tierway::config
