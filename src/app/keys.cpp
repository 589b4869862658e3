#include "app/keys.hpp"

#include <openssl/evp.h>
#include <openssl/rand.h>

#include <array>
#include <iostream>
#include <nlohmann/json.hpp>
#include <optional>

#include "app/exit_codes.hpp"
#include "tierway/base/sha256.hpp"
#include "tierway/config/load.hpp"

namespace tierway::app {
namespace {

constexpr std::size_t kKeyBytes = 32;
/// Of an id that is made up; enough that two do not meet by chance in one file.
constexpr std::size_t kIdBytes = 4;

template <std::size_t N>
std::optional<std::string> random_bytes() {
    std::array<unsigned char, N> bytes{};
    if (RAND_bytes(bytes.data(), static_cast<int>(N)) != 1) {
        return std::nullopt;
    }
    return std::string(bytes.begin(), bytes.end());
}

/// Without padding (RFC 4648 section 5): survives URLs, shells and header values as it is.
std::string base64url(const std::string& bytes) {
    std::string text((bytes.size() + 2) / 3 * 4 + 1, '\0');
    const int size = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                                     reinterpret_cast<const unsigned char*>(bytes.data()), static_cast<int>(bytes.size()));
    text.resize(static_cast<std::size_t>(size));
    while (!text.empty() && text.back() == '=') {
        text.pop_back();
    }
    for (char& c : text) {
        c = c == '+' ? '-' : c == '/' ? '_' : c;
    }
    return text;
}

bool is_usable(const std::string& option, const std::string& name) {
    if (config::is_name(name)) {
        return true;
    }
    std::cerr << option << " must be 1 to 64 of the characters a-z, 0-9, `_`, `.` and `-`, beginning with a letter or digit.\n";
    return false;
}

}  // namespace

int new_key(const NewKeyOptions& options) {
    if ((!options.id.empty() && !is_usable("--id", options.id)) ||
        (!options.team.empty() && !is_usable("--team", options.team))) {
        return kWrongUsage;
    }
    const auto secret = random_bytes<kKeyBytes>();
    const auto id_bytes = random_bytes<kIdBytes>();
    if (!secret || !id_bytes) {
        std::cerr << "The system has no random bytes to make a key of.\n";
        return kFailed;
    }
    const std::string key = "tw-" + base64url(*secret);
    const std::string id = options.id.empty() ? "key-" + hex_of(*id_bytes) : options.id;
    const std::string digest = hex_of(sha256(key));
    if (options.json) {
        nlohmann::ordered_json json{{"key", key}, {"id", id}};
        if (!options.team.empty()) {
            json["team"] = options.team;
        }
        json["sha256"] = digest;
        std::cout << json.dump(2) << '\n';
    } else {
        std::cout << "The key, shown this once; give it to the client:\n\n  " << key
                  << "\n\nThe entry for the configuration:\n\nkeys:\n  - {id: " << id
                  << (options.team.empty() ? "" : ", team: " + options.team) << ", sha256: \"" << digest << "\"}\n";
    }
    return std::cout.flush() ? kFine : kFailed;
}

}  // namespace tierway::app
