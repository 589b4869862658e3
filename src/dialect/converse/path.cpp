#include "tierway/dialect/converse.hpp"
#include "tierway/wire/percent_encoding.hpp"

namespace tierway::dialect::converse {

std::string path(std::string_view model, bool stream) {
    std::string path = "/model/";
    wire::append_percent_encoded(path, model);
    return path.append(stream ? "/converse-stream" : "/converse");
}

}  // namespace tierway::dialect::converse
