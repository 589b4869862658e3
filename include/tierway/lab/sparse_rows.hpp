#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "tierway/base/ngram_hash.hpp"

namespace tierway::lab {

/// A table of examples of which most columns are empty. Rows are kept one behind the other.
class SparseRows {
public:
    /// A row fills each column at most once.
    void add(std::span<const HashedFeature> row) {
        features_.insert(features_.end(), row.begin(), row.end());
        ends_.push_back(features_.size());
    }
    [[nodiscard]] std::size_t size() const noexcept { return ends_.size(); }
    [[nodiscard]] std::span<const HashedFeature> row(std::size_t index) const noexcept {
        const std::size_t begin = index == 0 ? 0 : ends_[index - 1];
        return {features_.data() + begin, ends_[index] - begin};
    }

private:
    std::vector<HashedFeature> features_;
    std::vector<std::size_t> ends_;
};

}  // namespace tierway::lab
