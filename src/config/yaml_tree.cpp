#include "config/yaml_tree.hpp"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <istream>
#include <streambuf>
#include <unordered_map>
#include <utility>

#include "config/text_check.hpp"

namespace tierway::config {
namespace {

constexpr std::size_t kNodesMax = 20'000;
constexpr std::size_t kDepthMax = 32;
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

// Ends the reading from inside the parser's callbacks; its problem is already collected. Nothing else can stop yaml-cpp early.
struct Stop {};

Place place_of(const YAML::Mark& mark) {
    return {mark.line + 1, mark.column + 1};
}

// Reads the text where it lies; yaml-cpp wants a stream.
class TextBuffer final : public std::streambuf {
public:
    explicit TextBuffer(std::string_view text) {
        // The get area of a stream is not const by its type, but nothing writes to it: there is no put area and no putback.
        char* begin = const_cast<char*>(text.data());
        setg(begin, begin, begin + text.size());
    }
};

// yaml-cpp's own `Node` keeps neither aliases nor their number, so the tree is built from the parser's events instead: there is
// nothing to expand, and every bound is checked before the memory is spent.
class TreeBuilder final : public YAML::EventHandler {
public:
    TreeBuilder(std::string_view text, Problems& problems) : text_(text), problems_(problems) {}

    [[nodiscard]] std::optional<YamlNode> take_root() { return std::exchange(root_, std::nullopt); }

    void OnDocumentStart(const YAML::Mark& mark) override {
        if (root_) {
            stop(place_of(mark), "A configuration is one YAML document, but a second one begins here.");
        }
    }
    void OnDocumentEnd() override {}

    void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
        refuse_anchor(mark, anchor);
        if (expects_key()) {
            stop(place_of(mark), "A key is missing here.");
        }
        YamlNode node;
        node.place = stack_.empty() || stack_.back().node.kind == YamlNode::Kind::List ? place_of(mark) : stack_.back().key_place;
        add(std::move(node));
    }

    void OnAlias(const YAML::Mark& mark, YAML::anchor_t /*anchor*/) override {
        stop(place_of(mark), "YAML aliases (`*name`) are not supported: write the value out.");
    }

    void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, const std::string& value) override {
        refuse_anchor(mark, anchor);
        refuse_tag(mark, tag);
        refuse_open_quote(mark);
        if (expects_key()) {
            stack_.back().key = value;
            stack_.back().key_place = place_of(mark);
            return;
        }
        YamlNode node;
        node.kind = YamlNode::Kind::Scalar;
        node.quoted = tag == "!";
        node.place = place_of(mark);
        node.text = value;
        add(std::move(node));
    }

    void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                         YAML::EmitterStyle::value /*style*/) override {
        begin(YamlNode::Kind::List, mark, tag, anchor);
    }
    void OnSequenceEnd() override { end(); }

    void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                    YAML::EmitterStyle::value /*style*/) override {
        begin(YamlNode::Kind::Mapping, mark, tag, anchor);
    }
    void OnMapEnd() override { end(); }

private:
    struct Frame {
        YamlNode node;
        std::optional<std::string> key;  // Of a mapping: the key whose value comes next.
        Place key_place;
        std::unordered_map<std::string, int> line_of_key;
    };

    [[noreturn]] void stop(Place place, std::string message) {
        problems_.error(place, std::move(message));
        throw Stop{};
    }

    void refuse_anchor(const YAML::Mark& mark, YAML::anchor_t anchor) {
        if (anchor != YAML::NullAnchor) {
            stop(place_of(mark), "YAML anchors (`&name`) are not supported: write the value out where it is needed.");
        }
    }

    void refuse_tag(const YAML::Mark& mark, const std::string& tag) {
        // yaml-cpp gives "?" to plain and "!" to quoted values that have no tag of their own.
        if (!tag.empty() && tag != "?" && tag != "!") {
            stop(place_of(mark), "YAML tags (" + quoted_value(tag) + ") are not supported: remove it.");
        }
    }

    // yaml-cpp 0.7 takes the end of the file for the end of a quoted text, so a file cut in the middle would pass.
    void refuse_open_quote(const YAML::Mark& mark) {
        const std::string_view rest = text_.substr(std::min(static_cast<std::size_t>(mark.pos), text_.size()));
        if (!rest.empty() && (rest.front() == '"' || rest.front() == '\'') && !is_closed(rest)) {
            stop(place_of(mark), "This quote is never closed.");
        }
    }

    // Whether a text that begins with a quote holds the quote that ends it.
    static bool is_closed(std::string_view text) {
        const char quote = text.front();
        for (std::size_t i = 1; i < text.size(); ++i) {
            const bool is_doubled = quote == '\'' && text[i] == quote && text.substr(i + 1, 1) == "'";
            if ((quote == '"' && text[i] == '\\') || is_doubled) {
                ++i;
            } else if (text[i] == quote) {
                return true;
            }
        }
        return false;
    }

    [[nodiscard]] bool expects_key() const {
        return !stack_.empty() && stack_.back().node.kind == YamlNode::Kind::Mapping && !stack_.back().key;
    }

    void begin(YamlNode::Kind kind, const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor) {
        refuse_anchor(mark, anchor);
        refuse_tag(mark, tag);
        if (expects_key()) {
            stop(place_of(mark), "A key must be a text, not a list or a mapping.");
        }
        if (stack_.size() >= kDepthMax) {
            stop(place_of(mark), "The configuration nests more than " + std::to_string(kDepthMax) + " levels deep.");
        }
        Frame frame;
        frame.node.kind = kind;
        frame.node.place = place_of(mark);
        stack_.push_back(std::move(frame));
    }

    void end() {
        YamlNode node = std::move(stack_.back().node);
        stack_.pop_back();
        add(std::move(node));
    }

    void add(YamlNode node) {
        if (++nodes_ > kNodesMax) {
            stop(node.place, "The configuration has more than " + std::to_string(kNodesMax) + " values.");
        }
        if (stack_.empty()) {
            root_ = std::move(node);
            return;
        }
        Frame& parent = stack_.back();
        if (parent.node.kind == YamlNode::Kind::List) {
            parent.node.items.push_back(std::move(node));
            return;
        }
        add_entry(parent, std::move(node));
    }

    void add_entry(Frame& parent, YamlNode value) {
        std::string key = *std::exchange(parent.key, std::nullopt);
        const auto [first, is_new] = parent.line_of_key.emplace(key, parent.key_place.line);
        if (!is_new) {
            problems_.error(parent.key_place, "The key " + quoted_value(key) + " is written twice; it is first on line " +
                                                  std::to_string(first->second) + ".");
            return;
        }
        parent.node.entries.push_back({std::move(key), parent.key_place, std::move(value)});
    }

    std::string_view text_;
    Problems& problems_;
    std::vector<Frame> stack_;
    std::optional<YamlNode> root_;
    std::size_t nodes_ = 0;
};

}  // namespace

std::optional<YamlNode> read_yaml(std::string_view text, Problems& problems) {
    if (!check_text(text, problems)) {
        return std::nullopt;
    }
    if (text.starts_with(kByteOrderMark)) {
        text.remove_prefix(kByteOrderMark.size());
    }
    TextBuffer buffer(text);
    std::istream stream(&buffer);
    TreeBuilder builder(text, problems);
    try {
        YAML::Parser parser(stream);
        while (parser.HandleNextDocument(builder)) {
        }
    } catch (const Stop&) {
        return std::nullopt;
    } catch (const YAML::Exception& exception) {
        problems.error(place_of(exception.mark), "This is not valid YAML: " + exception.msg + ".");
        return std::nullopt;
    }
    std::optional<YamlNode> root = builder.take_root();
    if (!root || root->kind == YamlNode::Kind::Null) {
        problems.error({}, "The configuration is empty.");
        return std::nullopt;
    }
    return root;
}

}  // namespace tierway::config
