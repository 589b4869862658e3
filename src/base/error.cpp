#include "tierway/base/error.hpp"

#include <utility>

namespace tierway {

Error::Error(ErrorKind kind, ErrorSource source, std::string_view code, std::string message)
    : kind_(kind), source_(source), code_(code), text_(std::make_shared<const Text>(Text{std::move(message), {}, {}})) {}

Error Error::downstream(ErrorKind kind, std::string_view code, std::string message) {
    return {kind, ErrorSource::Downstream, code, std::move(message)};
}

Error Error::upstream(ErrorKind kind, std::string_view code, std::string message) {
    return {kind, ErrorSource::Upstream, code, std::move(message)};
}

Error Error::internal(std::string message) {
    return {ErrorKind::Internal, ErrorSource::Internal, "internal_error", std::move(message)};
}

Error Error::client_gone() {
    return downstream(ErrorKind::ClientGone, "client_gone", "The client left.");
}

Error Error::with_text(Text text) const {
    Error copy = *this;
    copy.text_ = std::make_shared<const Text>(std::move(text));
    return copy;
}

Error Error::with_param(std::string param) const {
    return with_text(Text{std::string(message()), std::move(param), std::string(detail())});
}

Error Error::with_detail(std::string detail) const {
    return with_text(Text{std::string(message()), std::string(param()), std::move(detail)});
}

Error Error::with_retry(Retry retry) const {
    Error copy = *this;
    copy.retry_ = retry;
    return copy;
}

Error Error::with_status(unsigned status) const {
    Error copy = *this;
    copy.status_ = status;
    return copy;
}

std::string_view Error::message() const noexcept {
    return text_ ? std::string_view(text_->message) : std::string_view("An internal error occurred.");
}

std::string_view Error::param() const noexcept {
    return text_ ? std::string_view(text_->param) : std::string_view{};
}

std::string_view Error::detail() const noexcept {
    return text_ ? std::string_view(text_->detail) : std::string_view{};
}

}  // namespace tierway
