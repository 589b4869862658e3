#pragma once

#include <boost/system/result.hpp>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace tierway {

/// What went wrong, in the terms a client is answered with. `dialect::http_status` maps each kind to a status.
enum class ErrorKind : std::uint8_t {
    InvalidRequest,        ///< The request is malformed or contradicts itself (400).
    MissingCapability,     ///< No model of the route can do what the request needs (400).
    Unauthorized,          ///< No key, or a key we do not know (401).
    ClassNotAllowed,       ///< The caller may not declare this class (403).
    ModelNotAllowed,       ///< The caller may not use the models that would answer (403).
    EscalationDenied,      ///< A climb above the bound tier was asked for and the policy refused it (403).
    BudgetExceeded,        ///< A budget does not allow what the request may cost (429; 402 when it never will).
    TooExpensive,          ///< The request may cost more than one may, or than its caller accepts (402).
    RequestRateExceeded,   ///< More requests than a rate limit allows, in a minute or at once (429).
    TokenRateExceeded,     ///< More tokens than a rate limit allows in a minute (429; 400 when it never will).
    ModelNotFound,         ///< The `model` names nothing that exists here (404).
    RouteNotFound,         ///< No such path (404).
    MethodNotAllowed,      ///< The path exists, the method does not (405).
    UpgradeRequired,       ///< Another protocol was asked for than is spoken here (426).
    RequestTimeout,        ///< The client was too slow to send its request (408).
    PayloadTooLarge,       ///< The body exceeds the configured bound (413).
    UnsupportedMediaType,  ///< The body is not JSON (415).
    HeadTooLarge,          ///< The request head exceeds a bound (431).
    ClientGone,            ///< The client left; nobody is there to be answered (recorded as 499).
    Internal,              ///< A fault of ours (500).
    UpstreamRejected,      ///< The provider refused the request itself; its status is kept.
    UpstreamUnavailable,   ///< The provider could not be reached, or said it cannot serve (502/503).
    UpstreamTimeout,       ///< The provider stayed silent beyond a phase's limit (504).
    UpstreamStalled,       ///< A stream that had begun went silent (504, in-band once committed).
    UpstreamTruncated,     ///< An answer ended before it was complete (502, in-band once committed).
    UpstreamMalformed,     ///< The provider's bytes are not what its API promises (502).
    Overloaded,            ///< A bound of this process is reached (503).
};

/// Who caused an error.
enum class ErrorSource : std::uint8_t { Downstream, Upstream, Internal };

/// Whether the operation may be tried again.
enum class Retry : std::uint8_t {
    Never,
    Safe,          ///< Nothing reached the peer, or the peer asked us to try again.
    OnlyIfReused,  ///< Only if the connection was a pooled one that died before any response byte.
};

/// A failure that is expected to happen: hostile input, absent peers, exhausted bounds. Cheap to copy (one shared pointer).
/// Deliberately not an aggregate: Boost 1.81's `result` would otherwise lose its implicit value conversion.
class Error {
public:
    /// An internal error without a message; needed by `boost::system::result`.
    Error() noexcept = default;

    /// \param code    machine-readable, of static storage duration, e.g. "model_not_found"; part of the HTTP contract.
    /// \param message a whole sentence for the client: what was wrong and how to fix it. Never holds a secret or a host.
    Error(ErrorKind kind, ErrorSource source, std::string_view code, std::string message);

    /// Shorthand for the client's fault, which retrying cannot mend.
    static Error downstream(ErrorKind kind, std::string_view code, std::string message);
    /// Shorthand for a provider's fault.
    static Error upstream(ErrorKind kind, std::string_view code, std::string message);
    /// Shorthand for a fault of ours.
    static Error internal(std::string message);
    /// Nobody is left to answer.
    static Error client_gone();

    /// The request field at fault ("messages[0].role"), for the `param` of the OpenAI envelope.
    [[nodiscard]] Error with_param(std::string param) const;
    /// What only the log may hold.
    [[nodiscard]] Error with_detail(std::string detail) const;
    [[nodiscard]] Error with_retry(Retry retry) const;
    /// The provider's own HTTP status, for UpstreamRejected and for logs.
    [[nodiscard]] Error with_status(unsigned status) const;

    [[nodiscard]] ErrorKind kind() const noexcept { return kind_; }
    [[nodiscard]] ErrorSource source() const noexcept { return source_; }
    [[nodiscard]] Retry retry() const noexcept { return retry_; }
    [[nodiscard]] unsigned status() const noexcept { return status_; }
    [[nodiscard]] std::string_view code() const noexcept { return code_; }
    [[nodiscard]] std::string_view message() const noexcept;
    [[nodiscard]] std::string_view param() const noexcept;
    [[nodiscard]] std::string_view detail() const noexcept;

private:
    struct Text {
        std::string message;
        std::string param;
        std::string detail;
    };

    [[nodiscard]] Error with_text(Text text) const;

    ErrorKind kind_ = ErrorKind::Internal;
    ErrorSource source_ = ErrorSource::Internal;
    Retry retry_ = Retry::Never;
    unsigned status_ = 0;
    std::string_view code_ = "internal_error";
    std::shared_ptr<const Text> text_;
};

/// A value or an `Error`. The request path reports failure this way and does not throw.
template <class T>
using Result = boost::system::result<T, Error>;

}  // namespace tierway
