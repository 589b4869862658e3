#include "tierway/lab/classifier_card.hpp"

#include <algorithm>
#include <map>
#include <tuple>
#include <vector>

#include "tierway/base/number_text.hpp"

namespace tierway::lab {
namespace {

std::string fixed(double value, unsigned decimals = 3) {
    std::string text(kNumberTextMax, '\0');
    text.resize(static_cast<std::size_t>(write_fixed(text.data(), value, decimals) - text.data()));
    return text;
}

/// In characters: bytes but for those that continue one.
std::size_t width_of(const std::string& text) noexcept {
    return static_cast<std::size_t>(
        std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

/// A Markdown table whose columns are padded, so that it is read as easily in a terminal.
class Table {
public:
    explicit Table(std::vector<std::string> head) : rows_{std::move(head)} {}

    void add(std::vector<std::string> row) { rows_.push_back(std::move(row)); }
    [[nodiscard]] std::string text() const {
        std::vector<std::size_t> widths(rows_.front().size(), 3);
        for (const auto& row : rows_) {
            for (std::size_t column = 0; column < row.size(); ++column) {
                widths[column] = std::max(widths[column], width_of(row[column]));
            }
        }
        std::string text;
        for (std::size_t index = 0; index < rows_.size(); ++index) {
            append(rows_[index], widths, text);
            if (index == 0) {
                text += '|';
                for (const std::size_t width : widths) {
                    text += std::string(width + 2, '-') + '|';
                }
                text += '\n';
            }
        }
        return text;
    }

private:
    static void append(const std::vector<std::string>& row, const std::vector<std::size_t>& widths, std::string& text) {
        text += '|';
        for (std::size_t column = 0; column < row.size(); ++column) {
            const std::string blanks(widths[column] - width_of(row[column]), ' ');
            // The first column holds names, the others numbers.
            text += ' ' + (column == 0 ? row[column] + blanks : blanks + row[column]) + " |";
        }
        text += '\n';
    }

    std::vector<std::vector<std::string>> rows_;
};

std::vector<std::string> overall_row(const std::string& name, const ClassificationReport& report) {
    return {name,
            std::to_string(report.rows),
            fixed(report.accuracy) + " ± " + fixed(report.accuracy_error),
            fixed(report.macro_f1),
            fixed(report.top_two),
            fixed(report.calibration_error),
            fixed(report.coverage),
            fixed(report.covered_accuracy)};
}

Table overall_table(const std::string& first, double min_confidence) {
    const std::string bound = fixed(min_confidence, 2);
    return Table({first, "rows", "accuracy", "macro-F1", "top-2", "ECE", "coverage at " + bound, "accuracy there"});
}

std::string class_table(const ClassificationReport& report) {
    Table table({"class", "rows", "precision", "recall", "F1"});
    for (const ClassScores& scores : report.classes) {
        table.add({scores.name, std::to_string(scores.rows), fixed(scores.precision(), 2), fixed(scores.recall(), 2),
                   fixed(scores.f1(), 2)});
    }
    return table.text();
}

std::string confusion_table(const ClassificationReport& report) {
    std::vector<std::string> head{"class ↓ taken for →"};
    for (const ClassScores& scores : report.classes) {
        head.push_back(scores.name);
    }
    Table table(std::move(head));
    for (std::size_t truth = 0; truth < report.classes.size(); ++truth) {
        std::vector<std::string> row{report.classes[truth].name};
        for (std::size_t said = 0; said < report.classes.size(); ++said) {
            row.push_back(std::to_string(report.confusion[truth * report.classes.size() + said]));
        }
        table.add(std::move(row));
    }
    return table.text();
}

}  // namespace

std::string training_report(const ClassifierTraining& training) {
    const ClassificationReport& report = training.report;
    Table overall = overall_table("held-out rows", report.min_confidence);
    overall.add(overall_row(std::to_string(report.classes.size()) + " classes", report));
    if (training.grouped) {
        overall.add(overall_row(std::to_string(training.grouped->classes.size()) + " merged classes", *training.grouped));
    }
    std::string text = "## Scores\n\nTrained on " + std::to_string(training.rows) +
                       " rows. Every scored row was held out of the model that it was scored with; the plus-minus is one standard "
                       "error.\nThe expected calibration error (ECE) was " +
                       fixed(training.calibration_error_before) + " before the temperature of " +
                       fixed(static_cast<double>(training.model.temperature)) + ".\n\n" + overall.text();
    text += "\n## Classes\n\n" + class_table(report);
    if (training.grouped) {
        text += "\nMerged:\n\n" + class_table(*training.grouped);
    }
    text += "\n## Confusion\n\n" + confusion_table(report);
    if (!training.left_out.empty()) {
        Table sources = overall_table("source left out", report.min_confidence);
        for (const SourceScores& scores : training.left_out) {
            sources.add(overall_row(scores.source, scores.report));
            if (scores.grouped) {
                sources.add(overall_row(scores.source + ", merged", *scores.grouped));
            }
        }
        text += "\n## Sources left out\n\nRows of a source, scored by a model that was trained on the other sources alone.\n\n" +
                sources.text();
    }
    return text;
}

std::string data_table(std::span<const LabelledPrompt> prompts) {
    std::map<std::tuple<std::string, std::string, std::string>, std::size_t> counts;
    for (const LabelledPrompt& prompt : prompts) {
        ++counts[{prompt.source, prompt.origin, prompt.licence}];
    }
    Table table({"source", "origin", "licence", "rows"});
    for (const auto& [key, rows] : counts) {
        const auto& [source, origin, licence] = key;
        const auto or_dash = [](const std::string& text) { return text.empty() ? "-" : text; };
        table.add({or_dash(source), or_dash(origin), or_dash(licence), std::to_string(rows)});
    }
    return table.text();
}

}  // namespace tierway::lab
