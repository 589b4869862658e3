#include <cmath>
#include <nlohmann/json.hpp>
#include <span>

#include "tierway/base/artifact_file.hpp"
#include "tierway/decision/calibration.hpp"

// A calibration as an artefact: one section of JSON, because what was learnt is small and people may want to read it, and for each
// pair that decides by the ask a section of its n-grams' weights.
namespace tierway::decision {
namespace {

using nlohmann::json;

constexpr std::string_view kKind = "calibration";
constexpr std::uint32_t kVersion = 1;
constexpr std::size_t kPairsMax = 200;

std::string ngrams_section(std::size_t index) {
    return "ngrams." + std::to_string(index);
}

json to_json(const LinearModel& model) {
    return {{"weights", model.weights}, {"intercept", model.intercept}};
}

json to_json(const cascade::ProbabilityMap& map) {
    if (map.kind() != cascade::ProbabilityMap::Kind::Isotonic) {
        return {{"slope", map.slope()}, {"offset", map.offset()}};
    }
    json knots = json::array();
    for (const auto& knot : map.knots()) {
        knots.push_back({knot.from, knot.to});
    }
    return {{"knots", std::move(knots)}};
}

json to_json(const OutcomeTable& table) {
    return {{"rows", table.rows},
            {"both", table.both},
            {"only_cheap", table.only_cheap},
            {"only_strong", table.only_strong},
            {"neither", table.neither},
            {"cheap_usd", table.cheap_usd},
            {"second_usd", table.second_usd},
            {"strong_usd", table.strong_usd},
            {"cheap_tokens", table.cheap_tokens},
            {"strong_tokens", table.strong_tokens},
            {"cheap_acceptable", table.cheap_acceptable},
            {"strong_acceptable", table.strong_acceptable},
            {"climbed_share", table.climbed_share}};
}

json to_json(const NgramRecipe& recipe) {
    return {recipe.word_slots_log2, recipe.words_max,   recipe.character_slots_log2,                     recipe.characters_min,
            recipe.characters_max,  recipe.fold_digits, static_cast<std::uint32_t>(recipe.weighting)};
}

json to_json(const PairCalibration& pair) {
    json value = {{"class", pair.key.request_class},
                  {"cheap", pair.key.cheap},
                  {"strong", pair.key.strong},
                  {"second", pair.key.second},
                  {"terms", pair.key.terms},
                  {"table", to_json(pair.table)},
                  {"strong_length", {pair.strong_length_intercept, pair.strong_length_slope}}};
    if (pair.ask) {
        value["ask"] = {{"recipe", to_json(pair.ask->recipe)},
                        {"means", pair.ask->means},
                        {"scales", pair.ask->scales},
                        {"cheap", to_json(pair.ask->cheap)},
                        {"strong", to_json(pair.ask->strong)}};
    }
    if (pair.draft) {
        value["draft"] = {{"means", pair.draft->means},
                          {"scales", pair.draft->scales},
                          {"cheap", to_json(pair.draft->cheap)},
                          {"strong", to_json(pair.draft->strong)},
                          {"cheap_map", to_json(pair.draft->cheap_map)},
                          {"strong_map", to_json(pair.draft->strong_map)}};
    }
    json lambdas = json::array();
    for (const LambdaPoint& point : pair.lambdas) {
        lambdas.push_back({point.lambda, point.acceptable, point.usd, point.climbed});
    }
    value["lambdas"] = std::move(lambdas);
    json acceptance = json::array();
    for (const AcceptancePoint& point : pair.acceptance) {
        acceptance.push_back({point.confidence, point.served, point.wrong});
    }
    value["acceptance"] = std::move(acceptance);
    return value;
}

/// What is impossible throws; the caller turns it into an error.
void require(bool holds, const char* what) {
    if (!holds) {
        throw std::domain_error(what);
    }
}

double number(const json& value) {
    const double read = value.get<double>();
    require(std::isfinite(read), "a number that is not finite");
    return read;
}

std::vector<double> numbers(const json& value, std::size_t count) {
    require(value.is_array() && value.size() == count, "another count of measures");
    std::vector<double> read;
    read.reserve(count);
    for (const json& item : value) {
        read.push_back(number(item));
    }
    return read;
}

LinearModel linear_model(const json& value, std::size_t count) {
    return {numbers(value.at("weights"), count), number(value.at("intercept"))};
}

cascade::ProbabilityMap probability_map(const json& value) {
    if (!value.contains("knots")) {
        return cascade::ProbabilityMap::platt(number(value.at("slope")), number(value.at("offset")));
    }
    std::vector<cascade::ProbabilityMap::Knot> knots;
    for (const json& knot : value.at("knots")) {
        knots.push_back({number(knot.at(0)), number(knot.at(1))});
    }
    auto map = cascade::ProbabilityMap::isotonic(std::move(knots));
    require(map.has_value(), "knots that do not ascend");
    return std::move(*map);
}

OutcomeTable outcome_table(const json& value) {
    OutcomeTable table;
    table.rows = value.at("rows").get<std::uint64_t>();
    table.both = value.at("both").get<std::uint64_t>();
    table.only_cheap = value.at("only_cheap").get<std::uint64_t>();
    table.only_strong = value.at("only_strong").get<std::uint64_t>();
    table.neither = value.at("neither").get<std::uint64_t>();
    require(table.rows > 0 && table.both + table.only_cheap + table.only_strong + table.neither == table.rows, "a table that does not add up");
    table.cheap_usd = number(value.at("cheap_usd"));
    table.second_usd = number(value.at("second_usd"));
    table.strong_usd = number(value.at("strong_usd"));
    table.cheap_tokens = number(value.at("cheap_tokens"));
    table.strong_tokens = number(value.at("strong_tokens"));
    table.cheap_acceptable = number(value.at("cheap_acceptable"));
    table.strong_acceptable = number(value.at("strong_acceptable"));
    table.climbed_share = number(value.at("climbed_share"));
    require(table.climbed_share >= 0.0 && table.climbed_share <= 1.0, "a share of climbs that is none");
    return table;
}

NgramRecipe ngram_recipe(const json& value) {
    const auto at = [&](std::size_t i) { return value.at(i).get<std::uint32_t>(); };
    const NgramRecipe recipe{at(0), at(1), at(2), at(3), at(4), at(5), static_cast<NgramWeighting>(at(6))};
    require(recipe.check().has_value(), "an impossible recipe of n-grams");
    return recipe;
}

AskModel ask_model(const json& value, std::span<const float> ngrams) {
    AskModel model;
    model.recipe = ngram_recipe(value.at("recipe"));
    model.means = numbers(value.at("means"), classify::kAskMeasures);
    model.scales = numbers(value.at("scales"), classify::kAskMeasures);
    model.cheap = linear_model(value.at("cheap"), classify::kAskMeasures);
    model.strong = linear_model(value.at("strong"), classify::kAskMeasures);
    require(ngrams.size() == 2 * model.recipe.slots(), "n-grams of another recipe");
    model.ngrams.assign(ngrams.begin(), ngrams.end());
    require(std::all_of(ngrams.begin(), ngrams.end(), [](float weight) { return std::isfinite(weight); }), "a weight that is not finite");
    return model;
}

DraftModel draft_model(const json& value) {
    DraftModel model;
    model.means = numbers(value.at("means"), cascade::kDraftMeasures);
    model.scales = numbers(value.at("scales"), cascade::kDraftMeasures);
    model.cheap = linear_model(value.at("cheap"), cascade::kDraftMeasures);
    model.strong = linear_model(value.at("strong"), cascade::kDraftMeasures);
    model.cheap_map = probability_map(value.at("cheap_map"));
    model.strong_map = probability_map(value.at("strong_map"));
    return model;
}

PairCalibration pair_calibration(const json& value, std::span<const float> ngrams) {
    PairCalibration pair;
    pair.key = {value.at("class").get<std::string>(), value.at("cheap").get<std::string>(), value.at("strong").get<std::string>(),
                value.at("second").get<std::string>(), value.value("terms", std::string())};
    pair.table = outcome_table(value.at("table"));
    pair.strong_length_intercept = number(value.at("strong_length").at(0));
    pair.strong_length_slope = number(value.at("strong_length").at(1));
    if (value.contains("ask")) {
        pair.ask = ask_model(value.at("ask"), ngrams);
    }
    if (value.contains("draft")) {
        pair.draft = draft_model(value.at("draft"));
    }
    for (const json& point : value.at("lambdas")) {
        pair.lambdas.push_back({number(point.at(0)), number(point.at(1)), number(point.at(2)), number(point.at(3))});
    }
    for (const json& point : value.at("acceptance")) {
        pair.acceptance.push_back({number(point.at(0)), point.at(1).get<std::uint64_t>(), point.at(2).get<std::uint64_t>()});
    }
    return pair;
}

Result<std::vector<PairCalibration>> read_pairs(const ArtifactFile& file) {
    const auto text = file.section("pairs");
    if (!text) {
        return text.error();
    }
    try {
        const json document = json::parse(*text);
        require(document.at("draft_measures").get<std::uint32_t>() == cascade::kDraftMeasuresVersion &&
                    document.at("ask_measures").get<std::uint32_t>() == classify::kAskMeasuresVersion,
                "measures of another version of Tierway: calibrate anew");
        require(document.at("pairs").size() <= kPairsMax, "too many pairs");
        std::vector<PairCalibration> pairs;
        for (std::size_t i = 0; i < document.at("pairs").size(); ++i) {
            std::span<const float> ngrams;
            if (document.at("pairs").at(i).contains("ask")) {
                auto weights = file.array<float>(ngrams_section(i));
                if (!weights) {
                    return weights.error();
                }
                ngrams = *weights;
            }
            pairs.push_back(pair_calibration(document.at("pairs").at(i), ngrams));
        }
        return pairs;
    } catch (const std::domain_error& problem) {
        return Error::internal(std::string("It holds ") + problem.what() + ".");
    } catch (const json::exception&) {
        return Error::internal("What it holds has not the form of a calibration.");
    }
}

}  // namespace

Result<CalibrationPtr> Calibration::read(const std::string& path) {
    const auto unusable = [&](const Error& why) {
        return Error::internal("The calibration `" + path + "` cannot be used. " + std::string(why.message()));
    };
    const auto file = ArtifactFile::open(path, kKind, kVersion);
    if (!file) {
        return unusable(file.error());
    }
    auto pairs = read_pairs(**file);
    if (!pairs) {
        return unusable(pairs.error());
    }
    return std::make_shared<const Calibration>(std::move(*pairs));
}

Result<void> Calibration::write(const std::string& path) const {
    ArtifactWriter writer(kKind, kVersion);
    json pairs = json::array();
    for (std::size_t i = 0; i < pairs_.size(); ++i) {
        pairs.push_back(to_json(pairs_[i]));
        if (pairs_[i].ask) {
            writer.add_array(ngrams_section(i), std::span<const float>(pairs_[i].ask->ngrams));
        }
    }
    const json document = {{"draft_measures", cascade::kDraftMeasuresVersion},
                           {"ask_measures", classify::kAskMeasuresVersion},
                           {"pairs", std::move(pairs)}};
    writer.add("pairs", document.dump());
    return writer.write(path);
}

}  // namespace tierway::decision
