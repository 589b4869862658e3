#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "config/problems.hpp"
#include "config/scalars.hpp"
#include "config/yaml_tree.hpp"

namespace tierway::config {

/// Reads one mapping strictly. Each `read_…` names a key that exists; `finish()` then reports every key that nobody named. A read
/// that fails leaves the target as it was and adds a problem at the value. Keys are optional unless `require` is used.
class MapReader {
public:
    /// \param path how the mapping is called in messages ("server", "classes.chat"); empty for the whole file.
    /// A node that is not a mapping is a problem, and then reads as an empty one.
    MapReader(const YamlNode& node, std::string path, Problems& problems);

    /// The value, or null when the key is absent or has no value (the latter is a problem).
    const YamlNode* take(std::string_view key);
    /// Like `take`, but an absent key is a problem too. `what` says what to write: "`version: 1`".
    const YamlNode* require(std::string_view key, std::string_view what);

    bool read_text(std::string_view key, std::string& target);
    bool read_bool(std::string_view key, bool& target);
    bool read_duration(std::string_view key, Milliseconds& target, Milliseconds max);
    bool read_size(std::string_view key, std::size_t& target, std::size_t min, std::size_t max);
    bool read_fraction(std::string_view key, double& target);
    /// A decimal number from 0 to `max`.
    bool read_real(std::string_view key, double& target, double max);
    bool read_price(std::string_view key, PicoUsdPerToken& target);
    /// How many times a price, in thousandths.
    bool read_factor(std::string_view key, std::optional<std::int64_t>& target);
    bool read_usd(std::string_view key, Usd& target);
    bool read_moment(std::string_view key, WallTime& target);

    template <class T>
    bool read_integer(std::string_view key, T& target, std::int64_t min, std::int64_t max) {
        return read_number(key, target, [min, max](std::string_view text) { return parse_integer(text, min, max); });
    }

    /// One of a few words.
    template <class E>
    bool read_choice(std::string_view key, E& target, std::initializer_list<std::pair<std::string_view, E>> choices) {
        const YamlNode* node = take_scalar(key);
        if (node == nullptr) {
            return false;
        }
        std::vector<std::string_view> words;
        for (const auto& [word, value] : choices) {
            if (word == node->text) {
                target = value;
                return true;
            }
            words.push_back(word);
        }
        wrong_choice(key, *node, words);
        return false;
    }

    /// The value when it is a scalar; anything else is a problem.
    const YamlNode* take_scalar(std::string_view key);
    /// The value when it is a list; anything else is a problem.
    const YamlNode* take_list(std::string_view key);

    /// "`path.key` problem." at a place.
    void fail(std::string_view key, Place place, const std::string& problem);
    /// "`path` problem." at the mapping itself.
    void fail_here(const std::string& problem);
    [[nodiscard]] std::string path_of(std::string_view key) const;
    [[nodiscard]] Place place() const noexcept { return node_.place; }
    [[nodiscard]] bool is_mapping() const noexcept { return node_.kind == YamlNode::Kind::Mapping; }
    [[nodiscard]] const std::vector<YamlEntry>& entries() const noexcept { return node_.entries; }
    [[nodiscard]] Problems& problems() noexcept { return problems_; }

    /// Reports the keys that no read has named.
    void finish();

private:
    // Numbers and truth values lose their meaning in quotes.
    template <class T, class Parse>
    bool read_number(std::string_view key, T& target, Parse parse) {
        const YamlNode* node = take_scalar(key);
        if (node == nullptr || refuse_quotes(key, *node)) {
            return false;
        }
        return assign(key, *node, target, parse(node->text));
    }

    template <class T, class U>
    bool assign(std::string_view key, const YamlNode& node, T& target, Parsed<U> parsed) {
        if (!parsed.value) {
            fail(key, node.place, parsed.problem);
            return false;
        }
        target = static_cast<T>(*std::move(parsed.value));
        return true;
    }

    [[nodiscard]] const YamlEntry* find(std::string_view key);
    bool refuse_quotes(std::string_view key, const YamlNode& node);
    void wrong_choice(std::string_view key, const YamlNode& node, const std::vector<std::string_view>& words);

    const YamlNode& node_;
    std::string path_;
    Problems& problems_;
    std::set<std::string, std::less<>> known_;
};

/// "a list", "a mapping", "a value" or "nothing".
std::string_view kind_words(const YamlNode& node);

}  // namespace tierway::config
