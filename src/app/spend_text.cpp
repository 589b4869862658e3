#include "app/spend_text.hpp"

#include <string_view>
#include <vector>

#include "tierway/base/json_object_writer.hpp"
#include "tierway/base/text_table.hpp"
#include "tierway/base/time_text.hpp"

namespace tierway::app {
namespace {

using store::SpendQuery;
using store::SpendRow;

SpendRow total_of(std::span<const SpendRow> rows) {
    SpendRow total;
    for (const SpendRow& row : rows) {
        total.attempts += row.attempts;
        total.answers += row.answers;
        total.cost += row.cost;
        total.baseline += row.baseline;
        total.tokens.prompt += row.tokens.prompt;
        total.tokens.completion += row.tokens.completion;
        total.tokens.cached += row.tokens.cached;
        total.tokens.cache_write += row.tokens.cache_write;
        total.tokens.reasoning += row.tokens.reasoning;
    }
    return total;
}

std::string share_saved(const SpendRow& row) {
    if (row.baseline.nano() <= 0) {
        return "";
    }
    std::array<char, kNumberTextMax> text{};
    const double share = (row.baseline - row.cost).to_double() / row.baseline.to_double();
    return {text.data(), write_fixed(text.data(), 100 * share, 1)};
}

std::vector<std::string> head(const SpendQuery& query) {
    std::vector<std::string> cells;
    for (const store::SpendColumn column : query.by) {
        cells.emplace_back(store::name_of(column));
    }
    for (const std::string_view name :
         {"requests", "attempts", "input_tokens", "output_tokens", "cost_usd", "baseline_usd", "saved_usd", "saved_percent"}) {
        cells.emplace_back(name);
    }
    return cells;
}

std::vector<std::string> cells_of(const SpendRow& row) {
    std::vector<std::string> cells = row.names;
    for (const std::int64_t count : {static_cast<std::int64_t>(row.answers), static_cast<std::int64_t>(row.attempts),
                                     row.tokens.prompt, row.tokens.completion}) {
        cells.push_back(std::to_string(count));
    }
    for (const Usd amount : {row.cost, row.baseline, row.baseline - row.cost}) {
        cells.push_back(amount.to_string());
    }
    cells.push_back(share_saved(row));
    return cells;
}

std::string csv_cell(std::string_view text, bool is_name) {
    std::string cell =
        is_name && !text.empty() && std::string_view("=+-@\t\r").find(text.front()) != std::string_view::npos ? "'" : "";
    cell += text;
    if (cell.find_first_of("\",\r\n") == std::string::npos) {
        return cell;
    }
    std::string quoted = "\"";
    for (const char c : cell) {
        quoted += c == '"' ? "\"\"" : std::string(1, c);
    }
    return quoted + '"';
}

void write_row(TextBuffer& out, const SpendQuery& query, const SpendRow& row) {
    JsonObjectWriter object(out);
    for (std::size_t i = 0; i < row.names.size(); ++i) {
        // The keys are a writer's literals; there are few.
        switch (query.by[i]) {
            case store::SpendColumn::Class:
                object.text("class", row.names[i]);
                break;
            case store::SpendColumn::Tier:
                object.text("tier", row.names[i]);
                break;
            case store::SpendColumn::Model:
                object.text("model", row.names[i]);
                break;
            case store::SpendColumn::Principal:
                object.text("key", row.names[i]);
                break;
            case store::SpendColumn::Team:
                object.text("team", row.names[i]);
                break;
            case store::SpendColumn::Day:
                object.text("day", row.names[i]);
                break;
            case store::SpendColumn::Purpose:
                object.text("purpose", row.names[i]);
                break;
        }
    }
    object.integer("requests", static_cast<std::int64_t>(row.answers));
    object.integer("attempts", static_cast<std::int64_t>(row.attempts));
    object.integer("input_tokens", row.tokens.prompt);
    object.integer("output_tokens", row.tokens.completion);
    object.integer("cached_tokens", row.tokens.cached);
    object.integer("cache_write_tokens", row.tokens.cache_write);
    object.integer("reasoning_tokens", row.tokens.reasoning);
    object.money("cost_usd", row.cost);
    object.money("baseline_usd", row.baseline);
    object.money("saved_usd", row.baseline - row.cost);
    object.end();
}

}  // namespace

std::string spend_table(const SpendQuery& query, std::span<const SpendRow> rows) {
    std::vector<std::vector<std::string>> lines{head(query)};
    for (const SpendRow& row : rows) {
        lines.push_back(cells_of(row));
    }
    SpendRow total = total_of(rows);
    total.names.resize(query.by.size());
    if (!total.names.empty()) {
        total.names.front() = "total";
    }
    lines.push_back(cells_of(total));
    return text_table(lines, query.by.size());
}

std::string spend_csv(const SpendQuery& query, std::span<const SpendRow> rows) {
    std::string text;
    const auto append = [&](const std::vector<std::string>& cells) {
        for (std::size_t i = 0; i < cells.size(); ++i) {
            text += (i == 0 ? "" : ",") + csv_cell(cells[i], i < query.by.size());
        }
        text += "\r\n";
    };
    append(head(query));
    for (const SpendRow& row : rows) {
        append(cells_of(row));
    }
    return text;
}

std::string spend_json(const SpendQuery& query, std::span<const SpendRow> rows) {
    TextBuffer out;
    out.append(R"({"since":")", rfc3339(query.from), R"(","until":")", rfc3339(query.until), R"(","time_zone":")");
    out.append(query.zone.name(), R"(","by":[)");
    for (std::size_t i = 0; i < query.by.size(); ++i) {
        out.append(i == 0 ? "\"" : ",\"", store::name_of(query.by[i]), "\"");
    }
    out.append(R"(],"rows":[)");
    for (std::size_t i = 0; i < rows.size(); ++i) {
        out.append(i == 0 ? "\n" : ",\n");
        write_row(out, query, rows[i]);
    }
    out.append(R"(],"total":)");
    write_row(out, query, total_of(rows));
    out.append("}\n");
    return out.to_string();
}

}  // namespace tierway::app
