#include "tierway/policy/caps.hpp"

#include <array>
#include <string>

namespace tierway::policy {
namespace {

struct Cap {
    std::string_view param;
    std::string_view what;
    std::int64_t asked = 0;
    std::optional<std::int64_t> most;
    std::string_view remedy;
};

Error cap_exceeded(const config::RequestClass& request_class, const Cap& cap) {
    std::string message = "This request has ";
    message.append(cap.what).append(" ").append(std::to_string(cap.asked));
    message.append(", and requests of class `").append(request_class.name).append("` may have at most ");
    message.append(std::to_string(*cap.most)).append(". ").append(cap.remedy);
    return Error::downstream(ErrorKind::InvalidRequest, "class_cap_exceeded", std::move(message))
        .with_param(std::string(cap.param));
}

}  // namespace

Result<void> check_caps(const config::RequestClass& request_class, const Asked& asked) {
    const config::RequestCaps& caps = request_class.caps;
    const std::array<Cap, 5> all{{
        {"n", "`n`", asked.choices, caps.choices_max, "Ask for fewer choices."},
        {asked.output_tokens_field, "a limit of output tokens of", asked.output_tokens.value_or(0), caps.output_tokens_max,
         "Ask for fewer, or leave the field out."},
        {"messages", "a prompt of about so many tokens:", asked.prompt_tokens, caps.prompt_tokens_max, "Send a shorter prompt."},
        {"messages", "so many images:", asked.images, caps.images_max, "Send fewer images."},
        {"tools", "so many tools:", asked.tools, caps.tools_max, "Offer fewer tools."},
    }};
    for (const Cap& cap : all) {
        if (cap.most && cap.asked > *cap.most) {
            return cap_exceeded(request_class, cap);
        }
    }
    return {};
}

}  // namespace tierway::policy
