#include "dialect/provider_golden.hpp"
#include "tierway/dialect/gemini.hpp"

namespace tierway::dialect::gemini {
namespace {

TEST(GeminiGolden, EachCaseComesOutAsItsFileSays) {
    const ProviderGolden<StreamReader> golden{"gemini", write_request, read_reply};
    golden.check_all(4);
}

}  // namespace
}  // namespace tierway::dialect::gemini
