#include "wire/json_diagnosis.hpp"

#include "tierway/base/utf8.hpp"

namespace tierway::wire::detail {

JsonDiagnosis diagnose_refused_text(std::string_view text) {
    bool in_string = false;
    std::size_t string_begin = 0;
    for (std::size_t at = 0; at < text.size();) {
        const Utf8Sequence sequence = leading_sequence(text.substr(at));
        if (!sequence.valid) {
            return {"invalid UTF-8", at};
        }
        const char c = text[at];
        if (in_string && static_cast<unsigned char>(c) < 0x20) {
            return {"a raw control character in a string; write it as an escape", at};
        }
        if (c == '\\') {
            if (!in_string) {
                return {"a backslash outside a string", at};
            }
            const bool escapes_ascii = at + 1 < text.size() && static_cast<unsigned char>(text[at + 1]) >= 0x20 &&
                                       static_cast<unsigned char>(text[at + 1]) < 0x80;
            at += escapes_ascii ? 2 : 1;
            continue;
        }
        if (c == '"') {
            in_string = !in_string;
            string_begin = at;
        }
        at += sequence.size;
    }
    if (in_string) {
        return {"a string that does not end", string_begin};
    }
    return {"not JSON", 0};
}

}  // namespace tierway::wire::detail
