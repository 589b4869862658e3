#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tierway/base/calendar_window.hpp"
#include "tierway/base/rate_limits.hpp"
#include "tierway/base/secret.hpp"
#include "tierway/base/time.hpp"
#include "tierway/base/usd.hpp"
#include "tierway/config/access_key.hpp"
#include "tierway/config/base_url.hpp"
#include "tierway/config/capabilities.hpp"
#include "tierway/config/failure_limits.hpp"
#include "tierway/config/gain_rule.hpp"
#include "tierway/config/gate.hpp"
#include "tierway/config/ids.hpp"
#include "tierway/config/opinions.hpp"
#include "tierway/config/pass_through.hpp"
#include "tierway/config/price.hpp"
#include "tierway/config/redis_settings.hpp"
#include "tierway/config/shadow.hpp"
#include "tierway/config/text_pattern.hpp"
#include "tierway/config/timeouts.hpp"
#include "tierway/config/tracing.hpp"

namespace tierway::config {

/// An address to listen on. Port 0 lets the system choose.
struct Endpoint {
    std::string host = "127.0.0.1";  ///< A numeric address.
    std::uint16_t port = 0;

    /// Whether only this machine reaches it.
    [[nodiscard]] bool is_loopback() const;
};

/// The data plane. Bounds and times are those of RELIABILITY.md section 1.
struct Server {
    Endpoint listen{"127.0.0.1", 8080};
    bool anyone_without_keys = false;  ///< Other machines may be listened to although there are no keys.
    unsigned workers = 0;              ///< Threads, one event loop each; 0 means one for each hardware thread.
    std::size_t body_bytes_max = std::size_t{10} << 20U;
    unsigned connections_max = 10'000;            ///< Over all workers; further ones are told 503 and closed.
    unsigned in_flight_max = 10'000;              ///< Requests under way over all workers; further ones get 503 at once.
    std::size_t memory_bytes_max = 0;             ///< Of the process; 0: no limit. From 90 % of it new requests get 503, from
                                                  ///< 95 % new connections too.
    Milliseconds header_timeout{10'000};          ///< From the first byte of a request to the end of its head.
    Milliseconds body_timeout{30'000};            ///< Between two pieces of a request body.
    Milliseconds keep_alive_timeout{75'000};      ///< Between two requests of a connection.
    Milliseconds write_timeout{30'000};           ///< Without progress of a write to the client.
    Milliseconds stream_keepalive_after{15'000};  ///< A held stream begins with comments after this long …
    Milliseconds stream_keepalive_every{10'000};  ///< … and repeats them at this pace.
    Milliseconds drain_delay{5'000};              ///< From SIGTERM, when readiness ends, to the end of accepting.
    Milliseconds drain_timeout{120'000};          ///< From SIGTERM to the end of live requests; at least the delay.
    bool watch = true;                            ///< Whether a changed configuration file is loaded by itself.
};

struct Admin {
    Endpoint listen{"127.0.0.1", 8081};
    Secret token;                     ///< What everything but the health pages asks for; empty only on loopback: nobody is asked.
    unsigned decisions_kept = 1'000;  ///< How many decision records `/api/decisions` can show.
};

enum class LogLevel : std::uint8_t { Debug, Info, Warning, Error };

struct Log {
    LogLevel level = LogLevel::Info;
    /// Where decision records go, one JSON line each: "stdout", "off", or a file to append to.
    std::string decisions = "stdout";
    /// Where the audit line of every request to climb goes: likewise.
    std::string audit = "stdout";
};

/// Which side of the operator's trust boundary a provider is on.
enum class Boundary : std::uint8_t { Outside, Inside };

/// What becomes of the call to a provider when the client leaves before its end.
enum class WhenClientLeaves : std::uint8_t {
    Cancel,  ///< The connection is closed, so that a provider that notices stops working and billing.
    Drain,   ///< The answer is read to its end, so that a provider that bills it anyway also says what it costs.
};

/// The request field by which a provider's API bounds the length of an answer.
enum class OutputLimitField : std::uint8_t {
    MaxTokens,            ///< "max_tokens": what every compatible API knows.
    MaxCompletionTokens,  ///< "max_completion_tokens": OpenAI's newer models refuse the older name (WIRE.md section 1.2).
};
std::string_view name_of(OutputLimitField field) noexcept;

/// The wire format that a provider speaks (WIRE.md).
enum class Dialect : std::uint8_t {
    OpenAi,           ///< Chat Completions, OpenAI's own and everything compatible.
    Azure,            ///< Chat Completions as Azure hosts them: other credentials and addresses, the same bodies.
    OpenAiResponses,  ///< Responses.
    Anthropic,        ///< Messages.
    Gemini,           ///< generateContent.
    Bedrock,          ///< Converse.
};
/// As the configuration writes it: "openai", "azure", "openai_responses", "anthropic", "gemini", "bedrock".
std::string_view name_of(Dialect dialect) noexcept;
/// Whether the bodies of both are the same.
bool speak_alike(Dialect one, Dialect other) noexcept;

/// The pair of keys with which requests to AWS are signed.
struct AwsKeys {
    Secret access_key_id;
    Secret secret_access_key;
    Secret session_token;  ///< Empty: the pair is a lasting one.

    [[nodiscard]] bool empty() const noexcept { return access_key_id.empty(); }
};

struct Provider {
    std::string name;
    Dialect dialect = Dialect::OpenAi;
    BaseUrl base_url;
    Secret api_key;  ///< Empty: no Authorization header is sent.
    Boundary boundary = Boundary::Outside;
    std::string ca_file;  ///< PEM bundle to verify the chain with; empty: the system's.
    Timeouts timeouts;
    unsigned idle_connections_max = 64;  ///< Kept open for each worker.
    WhenClientLeaves when_client_leaves = WhenClientLeaves::Cancel;
    OutputLimitField output_limit_field = OutputLimitField::MaxTokens;  ///< What a class's cap is written into.
    bool output_limit_exclusive = false;  ///< It reads no other: a client's limit under the other name is renamed.
    /// The vendor whose form of Chat Completions it speaks, one of `known_providers`; empty: nothing is known.
    std::string compatible_with;
    bool several_choices = true;  ///< Takes `n` above 1.
    bool responses = false;       ///< A provider of Chat Completions that serves Responses at the same base URL too.
    /// Azure: of the older addresses by deployment; empty: the "v1" addresses. Anthropic: the `anthropic-version` of calls that the
    /// gateway words itself; empty: 2023-06-01.
    std::string api_version;
    std::string region;  ///< Bedrock: "us-east-1".
    AwsKeys aws;         ///< Bedrock: in place of an `api_key`.
};

struct Model {
    std::string name;           ///< "provider/model", as users write it.
    std::string upstream_name;  ///< What the provider is asked for.
    ModelKind kind = ModelKind::Chat;
    ProviderId provider{};
    Price price;
    std::int64_t context_tokens = 0;     ///< 0: unknown.
    std::int64_t output_tokens_max = 0;  ///< 0: unknown.
    Capabilities capabilities;
    TimeoutOverrides timeouts;  ///< Over those of the provider.
    RateLimits limits;          ///< What our account may ask of it, from this process.
};

struct Tier {
    std::string name;
    /// Never empty, and all of one kind; the first answers, the rest are its fallbacks in order.
    std::vector<ModelId> models;
};

/// What a caller gets when a climb is refused.
enum class OnDenied : std::uint8_t { Serve, Reject };

/// What a stream does when its upstream fails after the client has seen a part of the answer (RELIABILITY.md section 6).
enum class Recovery : std::uint8_t {
    Fail,      ///< The stream ends with an error event.
    Buffered,  ///< Nothing is sent before the answer is whole or `buffer_bytes_max` is reached; until then it restarts elsewhere.
    Continue,  ///< A model that supports prefill goes on from what the client has; text answers only.
};

/// What happens when no model of the route's tier can be asked, or none of those asked answers.
enum class WhenTierIsDown : std::uint8_t {
    Fail,   ///< The request ends with the provider's error, or with 503 when nobody could be asked.
    Climb,  ///< The next higher tier is asked for. Passes the approver like every climb.
};

struct Escalation {
    TierId to{};
    double below = 0.0;  ///< Escalate when the answer's confidence is below this, 0..1; only without a gain rule.
    std::optional<GainRule> gain{};
    std::optional<Agreement> agreement{};
    std::optional<Verifier> verifier{};
    /// The share of requests whose draft is asked for also while drafts cost more than going direct
    /// (`cascade::RunningEconomics`), so that it is noticed when that changes; above 0, and with 1 every request's is.
    double explore = 0.05;
};

struct RequestClass {
    std::string name;
    TierId tier{};                         ///< The binding.
    std::optional<Escalation> escalation;  ///< Absent: answers are not judged.
    TierId max_tier{};  ///< Nothing of this class climbs above; default: the escalation's tier, else the bound one.
    OnDenied on_denied = OnDenied::Serve;
    bool stay_inside = false;   ///< Only providers inside the boundary may see this class.
    TimeoutOverrides timeouts;  ///< Over those of the model and its provider.
    Recovery recovery = Recovery::Fail;
    std::size_t buffer_bytes_max = std::size_t{256} << 10U;  ///< Of one answer that is held for `Buffered`.
    WhenTierIsDown when_tier_is_down = WhenTierIsDown::Fail;
    std::optional<Usd> usd_per_request;  ///< In place of the gate's; only with a gate.
    /// The share of the frontier's quality that the policy must keep on an evaluation set, 0..1. Absent: nothing is asked.
    std::optional<double> quality_bar;
    RequestCaps caps;
    ThinkingOrder thinking;  ///< Empty: models think as they are asked to, or as they like.
};

/// What the timeouts of every model come to under every class. Classes that state the same ones share a row, and most state none,
/// so this is little more than one row.
struct TimeoutTable {
    /// How many different sets of timeouts the classes of one configuration may state. Keeps the table small whatever is written.
    static constexpr std::size_t kRowsMax = 64;

    std::vector<std::vector<Timeouts>> rows;  ///< Each by model.
    std::vector<std::uint8_t> row_of_class;
};

/// The conditions of one classifier rule; all that are set must hold.
struct RuleConditions {
    std::optional<bool> has_image;
    std::optional<bool> has_audio;
    std::optional<bool> has_tools;
    std::optional<bool> json_schema;
    std::optional<bool> last_turn_is_tool_result;
    std::optional<std::string> tool_named;  ///< A glob with `*`, matched against each offered tool's name.
    std::optional<std::int64_t> prompt_tokens_min;
    std::optional<std::int64_t> prompt_tokens_max;
    std::optional<std::int64_t> turns_min;
    std::optional<std::int64_t> turns_max;
    std::optional<double> code_share_min;
    std::optional<TextPattern> text;  ///< Searched in 2 KiB of the newest user turn, from both its ends.
};

struct Rule {
    ClassId request_class{};
    RuleConditions when;
};

class ClassifierModel;

/// A learned model among the classifier's stages; asked after the rules.
struct ModelSettings {
    std::shared_ptr<const ClassifierModel> model;  ///< Never null.
    double min_confidence = 0.5;                   ///< Below this the model abstains.
    std::vector<std::optional<ClassId>> class_of_label;  ///< By label of the model; empty: the model abstains where it fits best.
};

struct ClassifierSettings {
    ClassId default_class{};
    std::vector<Rule> rules;             ///< First match wins.
    std::optional<ModelSettings> model;  ///< Asked where no rule matches.
};

/// Whose spending is limited together.
enum class BudgetScope : std::uint8_t { Key, Team, Class, Total };
std::string_view name_of(BudgetScope scope) noexcept;

/// What a scope may spend within each calendar window.
struct Budget {
    BudgetScope scope = BudgetScope::Total;
    std::string name;  ///< Of one key, team or class; empty: each of them has as much.
    Usd limit;
    Window window = Window::Day;
    TimeZone zone;     ///< Whose midnight ends a day.
    bool hard = true;  ///< Soft ones are counted and warned of, and refuse nothing.
};

/// Where spending is kept.
struct Store {
    enum class Kind : std::uint8_t {
        Memory,  ///< In this process only: budgets begin anew at every start, and there is nothing to report.
        Sqlite,  ///< In a file, which processes of one machine may share.
        Redis,   ///< Counters in a server that replicas share.
    };
    Kind kind = Kind::Memory;
    std::string sqlite_file;  ///< With Redis: this replica's own record of its attempts; empty: there is none.
    RedisSettings redis;
    bool survives_power_loss = true;  ///< Every commit waits for the disk; a killed process loses nothing either way.
    Milliseconds wait_max{250};       ///< For the store's word on a budget, before an attempt is sent.
};

/// A whole validated configuration. Immutable once built and shared between threads; live requests keep the one they began with.
struct Snapshot {
    Server server;
    Admin admin;
    Log log;
    Tracing tracing;
    std::vector<Provider> providers;
    std::vector<Model> models;
    /// Cheapest first; never empty. At most the first is of embedding models, and it is not the only one.
    std::vector<Tier> tiers;
    std::vector<RequestClass> classes;
    ClassifierSettings classifier;
    /// Of all requests to `/v1/embeddings`, and of no other: the class of the tier of embedding models. Absent: nothing is embedded.
    std::optional<ClassId> embeddings_class;
    RetryLimits retry;
    BreakerLimits breaker;
    Store store;
    std::vector<Budget> budgets;
    std::optional<Shadow> shadow;                             ///< Absent: nothing is looked at a second time.
    std::string calibration_file;                             ///< What `tierway calibrate` wrote; empty: classes are not calibrated.
    std::optional<PassThrough> pass_through;                  ///< Absent: nothing passes.
    std::optional<Gate> gate;                                 ///< Absent: a request may cost what budgets and quotas allow.
    std::map<std::string, std::string, std::less<>> aliases;  ///< To `auto`, `provider/model` or `tier:name`.
    RateLimits key_limits;                                    ///< Of each key that states none of its own.
    std::vector<AccessKey> keys;                              ///< Empty: everybody who reaches the data plane is served.
    KeyRing key_ring;                                         ///< Of the keys above.
    TimeoutTable timeout_table;                               ///< Of the models and classes above.
    std::string policy_hash;                                  ///< Twelve hex digits of the file's SHA-256: which policy answered.

    [[nodiscard]] const Provider& provider(ProviderId id) const { return providers[index_of(id)]; }
    [[nodiscard]] const Model& model(ModelId id) const { return models[index_of(id)]; }
    [[nodiscard]] const Tier& tier(TierId id) const { return tiers[index_of(id)]; }
    [[nodiscard]] const RequestClass& request_class(ClassId id) const { return classes[index_of(id)]; }
    [[nodiscard]] const AccessKey& key(KeyId id) const { return keys[index_of(id)]; }
    /// The limits of an attempt at a model for a request of a class.
    [[nodiscard]] const Timeouts& timeouts(ModelId model, ClassId request_class) const {
        return timeout_table.rows[timeout_table.row_of_class[index_of(request_class)]][index_of(model)];
    }

    /// What the models of a tier are asked for.
    [[nodiscard]] ModelKind kind_of(TierId id) const { return model(tier(id).models.front()).kind; }
    /// How a model is asked: its provider's dialect, but Responses where the provider has them and Chat does not serve what is
    /// asked.
    [[nodiscard]] Dialect dialect_of(ModelId id, bool with_tools) const noexcept;
    /// What makes a model the same deployment after a reload: its names and its address.
    [[nodiscard]] std::string deployment_of(ModelId id) const;
    /// What a request of the class may cost in all; empty without a gate.
    [[nodiscard]] std::optional<Usd> usd_per_request(ClassId id) const noexcept;

    [[nodiscard]] std::optional<ModelId> find_model(std::string_view name) const noexcept;
    [[nodiscard]] std::optional<TierId> find_tier(std::string_view name) const noexcept;
    [[nodiscard]] std::optional<ClassId> find_class(std::string_view name) const noexcept;
    [[nodiscard]] std::optional<KeyId> find_key(std::string_view principal_id) const noexcept;
    /// The lowest tier that holds the model; empty when none does.
    [[nodiscard]] std::optional<TierId> lowest_tier_of(ModelId id) const noexcept;
    /// Whether the data plane may listen there: anywhere when callers need a key or the configuration says that anyone may call,
    /// else on loopback only.
    [[nodiscard]] bool may_listen_at(const Endpoint& endpoint) const;
    /// The most capable tier: what "all-frontier" costs are measured against.
    [[nodiscard]] TierId frontier() const noexcept { return TierId(tiers.size() - 1); }
};

using SnapshotPtr = std::shared_ptr<const Snapshot>;

/// What the timeouts of a model under a class come to: each limit is the class's, else the model's, else the provider's, else the
/// default.
Timeouts effective_timeouts(const Snapshot& snapshot, ModelId model, ClassId request_class);

/// `effective_timeouts` of every pair, for `Snapshot::timeout_table`. REQUIRES: the classes state at most `kRowsMax` different
/// sets; none counts as one.
TimeoutTable make_timeout_table(const Snapshot& snapshot);

}  // namespace tierway::config
