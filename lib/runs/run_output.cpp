#include "runs/run_output.h"

namespace imnet {
namespace {

using Clock = std::chrono::steady_clock;

// A power failure loses at most the rows of this time; --resume then writes them again.
constexpr std::chrono::seconds between_syncs{5};
constexpr std::size_t most_pending = 1 << 20;

std::uint64_t rows_of(const std::optional<ResumedRows>& resumed) { return resumed ? resumed->rows() : 0; }

}  // namespace

RunOutput::RunOutput(const OutputPlan& plan, RecordedRun* run, const ClassNames& class_names,
                     std::size_t predictions_a_row)
    : run_(run),
      plan_(plan),
      out_(plan.resume ? OutputFile::in_place(plan.path) : OutputFile(plan.path)),
      formatter_(row_formatter(plan.format, class_names, out_.is_terminal())),
      start_(Clock::now()),
      last_sync_(start_) {
    if (plan.resume) {
        resumed_.emplace(StoredRows(plan.path, plan.format, predictions_a_row), plan.format);
    } else {
        out_.write(formatter_->head());
    }
}

void RunOutput::saw(std::string_view path) {
    ++inputs_;
    if (run_ == nullptr) return;
    inputs_hash_.add(path);
    inputs_hash_.add(std::string_view("\0", 1));
}

bool RunOutput::holds(const std::string& path) {
    if (run_ != nullptr && !run_->record().shard.empty()) note_number();
    return resumed_ && resumed_->holds(path);
}

// An error of a whole archive is a row of this shard only. It has no number of its own, so the order is then
// unknown.
void RunOutput::note_number() {
    ordered_ = ordered_ && inputs_ > next_number_;
    if (!ordered_) return;
    order_.add(inputs_ - 1);
    next_number_ = inputs_;
}

// The incomplete row at the end is known only when all rows have been read. Until then the file is not
// changed.
void RunOutput::begin_appending() {
    if (!resumed_ || appending_) return;
    appending_ = true;
    out_.cut_to(resumed_->end());
    if (resumed_->end() == 0) out_.write(formatter_->head());
}

void RunOutput::write(std::span<const Row> rows) {
    begin_appending();
    for (const Row& row : rows) {
        out_.write(formatter_->row(row));
        ++written_;
        if (!row.top) ++failed_;
        if (out_.pending() > most_pending) out_.flush();
    }
    out_.flush();
    if (!resumed_ || Clock::now() - last_sync_ < between_syncs) return;
    out_.sync();
    last_sync_ = Clock::now();
}

void RunOutput::finish(bool complete, bool keep) {
    if (resumed_) return finish_in_place(complete);
    if (!complete && !keep) return out_.flush();
    finish_replaced(complete);
}

void RunOutput::finish_in_place(bool complete) {
    resumed_->read_all();
    begin_appending();
    out_.sync();
    const std::string hash = inputs_hash(complete);
    if (!hash.empty() && !run_->record().shard.empty()) order_.write(row_order_path(plan_.path), inputs_);
    run_->finish(complete ? RunState::complete : RunState::interrupted, rows(), failed(), written_, seconds(),
                 hash);
}

void RunOutput::finish_replaced(bool complete) {
    out_.write(formatter_->tail());
    if (run_ == nullptr) return out_.commit();
    out_.sync();
    run_->forget_previous();
    const std::string hash = inputs_hash(complete);
    if (!hash.empty() && !run_->record().shard.empty()) order_.write(row_order_path(plan_.path), inputs_);
    out_.commit();
    run_->finish(complete ? RunState::complete : RunState::interrupted, rows(), failed(), written_, seconds(),
                 hash);
}

// If the inputs changed while the run was interrupted, the rows do not belong to one list of inputs.
std::string RunOutput::inputs_hash(bool complete) {
    return complete && ordered_ && (!resumed_ || resumed_->agreed()) ? inputs_hash_.digits() : "";
}

std::uint64_t RunOutput::rows() const { return rows_of(resumed_) + written_; }

std::uint64_t RunOutput::failed() const { return (resumed_ ? resumed_->failed() : 0) + failed_; }

double RunOutput::seconds() const { return std::chrono::duration<double>(Clock::now() - start_).count(); }

}  // namespace imnet
