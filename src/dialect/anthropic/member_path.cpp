#include "dialect/anthropic/member_path.hpp"

namespace tierway::dialect::anthropic {

std::string MemberPath::text() const {
    std::string path = parent_ == nullptr ? std::string() : parent_->text() + ".";
    return name_.empty() ? path.append(std::to_string(index_)) : path.append(name_);
}

}  // namespace tierway::dialect::anthropic
