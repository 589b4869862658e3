#include "cascade/answer_latex.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace tierway::cascade {
namespace {

constexpr std::array<std::string_view, 14> kWrappers{"text",   "textbf", "textit", "textrm",       "mathrm", "mathbf", "mathit",
                                                     "mathbb", "mbox",   "boxed",  "operatorname", "fbox",   "mathsf", "texttt"};
constexpr std::array<std::string_view, 16> kDropped{"left", "right", "displaystyle", "quad", "qquad", "big",    "Big",  "bigl",
                                                    "bigr", "Bigl",  "Bigr",         "limits", "circ", "degree", "bigg", "Bigg"};
constexpr std::array<std::string_view, 4> kFractions{"frac", "dfrac", "tfrac", "cfrac"};
constexpr std::array<std::pair<std::string_view, std::string_view>, 10> kRenamed{{{"cdot", "*"},
                                                                                  {"times", "*"},
                                                                                  {"div", "/"},
                                                                                  {"leq", "<="},
                                                                                  {"le", "<="},
                                                                                  {"geq", ">="},
                                                                                  {"ge", ">="},
                                                                                  {"neq", "!="},
                                                                                  {"infty", "inf"},
                                                                                  {"ldots", "..."}}};

template <std::size_t size>
bool has(const std::array<std::string_view, size>& names, std::string_view name) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

bool is_letter(char byte) noexcept {
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
}

bool is_alphanumeric(char byte) noexcept {
    return is_letter(byte) || (byte >= '0' && byte <= '9');
}

/// What a brace that is open stands for.
enum class Group : std::uint8_t {
    Plain,        ///< Itself.
    Dropped,      ///< Nothing.
    Numerator,    ///< Parentheses, and a denominator follows.
    Parentheses,  ///< Parentheses, left out around a single token.
    Argument,     ///< Parentheses, always: of a function.
};

class LatexReader {
public:
    explicit LatexReader(std::string_view text) : text_(text) { out_.reserve(text.size()); }

    std::string read() {
        while (at_ < text_.size()) {
            const char byte = text_[at_];
            if (byte == '\\') {
                ++at_;
                read_command();
            } else if (byte == '{') {
                ++at_;
                open(after_script() ? Group::Parentheses : Group::Plain);
            } else if (byte == '}') {
                ++at_;
                close();
            } else {
                out_ += byte;
                ++at_;
            }
        }
        return std::move(out_);
    }

private:
    struct Open {
        Group group = Group::Plain;
        std::size_t begin = 0;  ///< In what was written: of the parenthesis.
    };

    [[nodiscard]] bool after_script() const noexcept { return !out_.empty() && (out_.back() == '^' || out_.back() == '_'); }

    void open(Group group) {
        open_.push_back({group, out_.size()});
        if (group == Group::Plain) {
            out_ += '{';
        } else if (group != Group::Dropped) {
            out_ += '(';
        }
    }

    void close() {
        if (open_.empty()) {
            out_ += '}';
            return;
        }
        const Open last = open_.back();
        open_.pop_back();
        if (last.group == Group::Plain) {
            out_ += '}';
            return;
        }
        if (last.group == Group::Dropped) {
            return;
        }
        const bool is_token = std::all_of(out_.begin() + static_cast<std::ptrdiff_t>(last.begin) + 1, out_.end(), is_alphanumeric);
        if (is_token && last.group != Group::Argument) {
            // What moves is the token alone, so this stays linear.
            out_.erase(last.begin, 1);
        } else {
            out_ += ')';
        }
        if (last.group == Group::Numerator) {
            out_ += '/';
            take_argument(Group::Parentheses);
        }
    }

    /// A braced group, or a single character in its place.
    void take_argument(Group group) {
        while (at_ < text_.size() && text_[at_] == ' ') {
            ++at_;
        }
        if (at_ < text_.size() && text_[at_] == '{') {
            ++at_;
            open(group);
        } else if (at_ < text_.size() && is_alphanumeric(text_[at_])) {
            out_ += group == Group::Argument ? "(" : "";
            out_ += text_[at_++];
            out_ += group == Group::Argument ? ")" : "";
            if (group == Group::Numerator) {
                out_ += '/';
                take_argument(Group::Parentheses);
            }
        }
    }

    void read_command() {
        const std::size_t begin = at_;
        while (at_ < text_.size() && is_letter(text_[at_])) {
            ++at_;
        }
        const std::string_view name = text_.substr(begin, at_ - begin);
        if (name.empty()) {
            read_symbol();
        } else if (has(kWrappers, name)) {
            take_argument(Group::Dropped);
        } else if (has(kFractions, name)) {
            take_argument(Group::Numerator);
        } else if (name == "sqrt") {
            out_ += name;
            if (at_ < text_.size() && text_[at_] == '[') {
                const std::size_t end = text_.find(']', at_);
                const std::size_t index_end = end == std::string_view::npos ? text_.size() : end + 1;
                out_ += text_.substr(at_, index_end - at_);
                at_ = index_end;
            }
            take_argument(Group::Argument);
        } else if (has(kDropped, name)) {
            drop_empty_script();
        } else {
            const auto* const renamed = std::find_if(kRenamed.begin(), kRenamed.end(), [&](const auto& pair) { return pair.first == name; });
            out_ += renamed != kRenamed.end() ? renamed->second : name;
        }
    }

    /// `^\circ`: a degree sign is a unit that answers state or leave out.
    void drop_empty_script() {
        if (after_script()) {
            out_.pop_back();
        } else if (out_.ends_with("^(")) {
            out_.resize(out_.size() - 2);
            open_.back().group = Group::Dropped;
        }
    }

    void read_symbol() {
        if (at_ >= text_.size()) {
            return;
        }
        constexpr std::string_view kKept = "{}%$#&_|'\"";
        const char symbol = text_[at_++];
        if (kKept.find(symbol) != std::string_view::npos) {
            out_ += symbol;
        }
    }

    std::string_view text_;
    std::size_t at_ = 0;
    std::string out_;
    std::vector<Open> open_;
};

}  // namespace

std::string without_latex(std::string_view text) {
    return LatexReader(text).read();
}

}  // namespace tierway::cascade
