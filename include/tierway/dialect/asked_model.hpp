#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "tierway/wire/multipart_field.hpp"

namespace tierway::dialect {

/// Which model a request names that is passed on as it is: the member `model` of a JSON body, or the field `model` of a form. It
/// looks at the body while that passes by, in pieces cut anywhere. Pure and bounded.
class AskedModel {
public:
    /// A longer JSON body is not looked at.
    static constexpr std::size_t kJsonBytesMax = std::size_t{1} << 20U;

    explicit AskedModel(std::string_view content_type);

    void feed(std::string_view bytes);
    /// The name; empty when the body states none. Call once, at the body's end.
    std::string finish();

private:
    std::optional<wire::MultipartField> field_;
    std::optional<std::string> json_;
};

}  // namespace tierway::dialect
