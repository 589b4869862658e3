#include <algorithm>
#include <utility>

#include "dialect/responses/item_ids.hpp"
#include "dialect/responses/response_object.hpp"
#include "dialect/responses/stream_event.hpp"
#include "tierway/dialect/responses.hpp"
#include "tierway/wire/json_view.hpp"

namespace tierway::dialect::responses {
namespace {

/// Whether nothing can follow: JSON ends where it is whole. What is no JSON at all is waited for to the end.
bool is_whole(const ToolCallPart& call) {
    wire::JsonParser parser;
    return call.custom || parser.parse(call.arguments).has_value();
}

}  // namespace

void StreamWriter::begin_call(const ReplyEvent& event, std::string& out) {
    close_item({}, out);
    close_calls(true, out);
    if (!event.seal.empty()) {
        const std::string id = made_item_id("rs", id_, output_.size());
        const std::size_t index = add_item(reasoning_item(id, {}, {}), out);
        finish_item(index, reasoning_item(id, {}, sealed_signature(event.seal)), out);
    }
    Call call;
    call.call.id = event.id;
    call.call.name = event.name;
    call.call.custom = event.custom;
    call.tool = event.tool;
    call.item_id = made_item_id(event.custom ? "ctc" : "fc", id_, output_.size());
    call.index = add_item(call_item(call.item_id, "in_progress", call.call, echo_), out);
    calls_.push_back(std::move(call));
}

void StreamWriter::write_arguments(const ReplyEvent& event, std::string& out) {
    const auto call = std::find_if(calls_.begin(), calls_.end(), [&event](const Call& one) { return one.tool == event.tool; });
    if (call == calls_.end() || event.text.empty()) {
        return;
    }
    append_event(out, call->call.custom ? "response.custom_tool_call_input.delta" : "response.function_call_arguments.delta",
                 sequence_, [&](JsonWriter& json) {
                     json.text("item_id", call->item_id).integer("output_index", static_cast<std::int64_t>(call->index));
                     json.text("delta", event.text);
                 });
    call->call.arguments += event.text;
}

void StreamWriter::close_call(Call& call, std::string& out) {
    const bool custom = call.call.custom;
    const bool cut = status_of(finish_reason_) != "completed";
    if (const std::string_view whole = whole_arguments(call.call); !cut && whole != call.call.arguments) {
        // A call without arguments, whose text a client could not parse.
        call.call.arguments.clear();
        ReplyEvent event;
        event.tool = call.tool;
        event.text = whole;
        write_arguments(event, out);
    }
    append_event(out, custom ? "response.custom_tool_call_input.done" : "response.function_call_arguments.done", sequence_,
                 [&](JsonWriter& json) {
                     json.text("item_id", call.item_id).integer("output_index", static_cast<std::int64_t>(call.index));
                     json.text(custom ? "input" : "arguments", call.call.arguments);
                     if (!custom) {
                         const NamespacedTool* const tool = namespaced_tool(echo_, call.call.name);
                         json.text("name", tool == nullptr ? call.call.name : tool->name);
                     }
                 });
    finish_item(call.index, call_item(call.item_id, status_of(finish_reason_), call.call, echo_), out);
}

/// \param only_whole leaves those open whose arguments may go on.
void StreamWriter::close_calls(bool only_whole, std::string& out) {
    for (Call& call : calls_) {
        if (!only_whole || is_whole(call.call)) {
            close_call(call, out);
        }
    }
    std::erase_if(calls_, [this](const Call& call) { return !output_[call.index].empty(); });
}

}  // namespace tierway::dialect::responses
