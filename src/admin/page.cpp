#include "admin/page.hpp"

#include <algorithm>

#include "tierway/base/json_text.hpp"

namespace tierway::admin {

Page problem(unsigned status, std::string_view message) {
    std::string body = R"({"error":{"message":)";
    append_json_string(body, message);
    return {status, "application/json", body + "}}\n"};
}

std::string_view query_value(std::string_view target, std::string_view name) {
    const std::size_t mark = target.find('?');
    std::string_view rest = mark == std::string_view::npos ? std::string_view{} : target.substr(mark + 1);
    while (!rest.empty()) {
        const std::string_view pair = rest.substr(0, rest.find('&'));
        rest.remove_prefix(std::min(rest.size(), pair.size() + 1));
        const std::size_t equals = pair.find('=');
        if (pair.substr(0, equals) == name && equals != std::string_view::npos) {
            return pair.substr(equals + 1);
        }
    }
    return {};
}

}  // namespace tierway::admin
