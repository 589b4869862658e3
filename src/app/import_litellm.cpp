#include "app/import_litellm.hpp"

#include <fstream>
#include <iostream>
#include <iterator>
#include <nlohmann/json.hpp>

#include "app/exit_codes.hpp"
#include "tierway/config/import_litellm.hpp"

namespace tierway::app {
namespace {

nlohmann::json notes_json(const config::Imported& imported) {
    nlohmann::json list = nlohmann::json::array();
    for (const config::ImportNote& note : imported.notes) {
        list.push_back(
            {{"line", note.line}, {"item", note.item}, {"quality", config::name_of(note.quality)}, {"reason", note.reason}});
    }
    return list;
}

void print_notes(const config::Imported& imported, const std::string& file) {
    for (const config::ImportNote& note : imported.notes) {
        std::cerr << file << ':' << note.line << ": " << config::name_of(note.quality) << ": " << note.item;
        std::cerr << (note.reason.empty() ? "" : ": ") << note.reason << '\n';
    }
}

bool write_out(const std::string& yaml, const std::string& out_file) {
    if (out_file.empty()) {
        std::cout << yaml << std::flush;
        return std::cout.good();
    }
    std::ofstream out(out_file, std::ios::binary);
    out << yaml << std::flush;
    return out.good();
}

}  // namespace

int import_litellm(const ImportLitellmOptions& options) {
    std::ifstream in(options.file, std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
    if (!in) {
        std::cerr << options.file << " cannot be read.\n";
        return kWrongUsage;
    }
    const config::Imported imported = config::import_litellm(text, options.file, config::PriceCatalogue::built_in());
    if (options.json) {
        std::cerr << notes_json(imported).dump(2) << '\n';
    } else {
        print_notes(imported, options.file);
    }
    for (const config::Problem& problem : imported.problems) {
        std::cerr << problem.to_string() << '\n';
    }
    if (imported.yaml.empty()) {
        return kWrongUsage;
    }
    if (!write_out(imported.yaml, options.out_file)) {
        std::cerr << "The configuration cannot be written to "
                  << (options.out_file.empty() ? "standard output" : options.out_file) << ".\n";
        return kFailed;
    }
    return kFine;
}

}  // namespace tierway::app
