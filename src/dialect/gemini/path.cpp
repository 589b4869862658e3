#include "tierway/dialect/gemini.hpp"
#include "tierway/wire/percent_encoding.hpp"

namespace tierway::dialect::gemini {

std::string path(std::string_view model, bool stream) {
    std::string path = "/models/";
    wire::append_percent_encoded(path, model);
    return path.append(stream ? ":streamGenerateContent?alt=sse" : ":generateContent");
}

}  // namespace tierway::dialect::gemini
