#include "dialect/provider_golden.hpp"
#include "tierway/dialect/converse.hpp"

namespace tierway::dialect::converse {
namespace {

TEST(ConverseGolden, EachCaseComesOutAsItsFileSays) {
    const ProviderGolden<StreamReader> golden{"converse", write_request, read_reply};
    golden.check_all(4);
}

}  // namespace
}  // namespace tierway::dialect::converse
