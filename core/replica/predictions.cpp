#include "core/replica/predictions.h"

#include "core/authority/contract_check.h"
#include "core/base/limits.h"
#include "core/strategy/strategy.h"

namespace danji {
namespace {

// From so many layers on it pays to keep what they came to.
constexpr std::size_t kLayersWorthKeeping = 8;

}  // namespace

Entry Predictions::of(EntryId id, bool seesHeld) {
  const std::vector<Overlay::Layer>& layers = overlay_->layersOf(id);
  // What is held comes and goes anywhere between the layers.
  const bool keeps = layers.size() >= kLayersWorthKeeping && overlay_->held().empty();
  const Ground ground{.entry = id,
                      .epoch = space_->epoch(),
                      .index = space_->index(),
                      .revision = space_->revision(),
                      .reshaped = overlay_->reshaped(),
                      .definitions = definitions_->knownCount()};
  const bool goesOn = keeps && kept_.layers > 0 && ground == ground_;
  if (goesOn && kept_.layers == layers.size()) return kept_.entry;
  Fold fold = goesOn ? kept_
                     : Fold{.entry = space_->entry(id), .layers = 0, .index = space_->index()};
  for (; fold.layers < layers.size(); ++fold.layers) {
    const Overlay::Pending& pending = *layers[fold.layers].pending;
    const bool isHeld = pending.hold != 0;
    if (!pending.op.isHidden && (!isHeld || seesHeld)) add(layers[fold.layers], fold);
  }
  if (!keeps) return std::move(fold.entry);
  ground_ = ground;
  kept_ = std::move(fold);
  return kept_.entry;
}

void Predictions::add(const Overlay::Layer& layer, Fold& fold) const {
  const Overlay::Pending& pending = *layer.pending;
  Entry& entry = fold.entry;
  Decided decided{.index = ++fold.index,
                  .stamp = {kStampTicksMax},
                  .id = pending.op.id,
                  .unit = pending.op.unit};
  if (pending.hold != 0) decided.id.sequence = 0;
  // A key that nobody has defined here yet is folded as its author means it, and so is one that
  // the author knows by a higher contract. What is written under a lower one will be refused,
  // and so will what would leave a mixture of both forms.
  const KnownDefinition* meant = definitions_->meantBy(*layer.change);
  if (meant != nullptr && admitVersion(entry, *layer.change, *meant, decided) != ErrorCode::ok) {
    return;
  }
  if (!entry.isDefined() || (meant != nullptr && meant->replaces(*entry.known))) {
    entry.known = meant;
  }
  if (layer.change->kind != ChangeKind::define) foldChange(entry, *layer.change, decided);
}

}  // namespace danji
