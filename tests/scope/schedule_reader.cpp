// Schedule, how its text is read.

#include <algorithm>
#include <sstream>

#include "core/base/errors.h"
#include "tests/scope/schedule.h"
#include "tests/scope/texts.h"

namespace danji::scope {
namespace {

using Words = std::vector<std::string>;

Words wordsOf(const std::string& text) {
  std::istringstream in(text);
  Words words;
  for (std::string word; in >> word;) words.push_back(word);
  return words;
}

std::string joined(const Words& words, std::size_t from) {
  std::string text;
  for (std::size_t i = from; i < words.size(); ++i) text += (i > from ? " " : "") + words[i];
  return text;
}

constexpr std::size_t kNone = ~std::size_t{0};

std::size_t numberOf(const std::string& word) {
  const bool isNumber = !word.empty() && word.size() < 4 &&
                        std::all_of(word.begin(), word.end(),
                                    [](char one) { return one >= '0' && one <= '9'; });
  return isNumber ? std::stoul(word) : kNone;
}

class Reader {
 public:
  std::optional<Schedule> read(const std::string& text, std::string& error) {
    std::istringstream lines(text);
    std::string line;
    for (std::size_t number = 1; std::getline(lines, line); ++number) {
      const Words words = wordsOf(line.substr(0, line.find('#')));
      line_ = {.number = number, .text = joined(words, 0)};
      if (words.empty() || readLine(words)) continue;
      error = "line " + std::to_string(number) + " can't be read: " + line;
      return std::nullopt;
    }
    return schedule_;
  }

 private:
  bool readLine(const Words& words) {
    if (words[0] == "pages") return readPages(words);
    if (plan().scripts.empty()) return false;
    if (words[0] == "key") return readKey(words);
    if (words[0] == "marked") return plan().isMarked = words.size() == 1;
    if (words.size() < 2) return false;
    if (line_.text == "time passes") {
      line_.step.isTime = true;
      return keep();
    }
    if (line_.text == "all arrives") return keep(Line::Kind::allArrives);
    const bool isAll = words[0] == "all";
    const std::size_t who = isAll ? 0 : processOf(words[0]);
    if (who == kNone) return false;
    if (!isAll) line_.who = who;
    line_.step.process = static_cast<std::uint8_t>(who);
    const std::string& verb = words[1];
    if (verb == (isAll ? "show" : "shows")) return readValue(words, Line::Kind::shows);
    if (verb == (isAll ? "have" : "has")) return readValue(words, Line::Kind::has);
    return !isAll && readStep(words);
  }

  bool readPages(const Words& words) {
    const std::size_t count = words.size() > 1 ? numberOf(words[1]) : kNone;
    plan().hasServer = joined(words, 2) == "and a server";
    const bool isWhole = words.size() == 2 || plan().hasServer;
    if (count < 1 || count > kProcessesMax - (plan().hasServer ? 2 : 1)) return false;
    plan().scripts.resize(count);
    return isWhole;
  }

  bool readKey(const Words& words) {
    static const std::vector<std::string> names = {"last_write_wins", "first_write_wins", "merge",
                                                   "sum", "user_resolve", "custom"};
    if (words.size() < 3 || !schedule_.lines.empty()) return false;
    const auto found = std::find(names.begin(), names.end(), words[2]);
    if (found == names.end()) return false;
    plan().keys.push_back({.name = words[1],
                           .strategy = static_cast<StrategyKind>(found - names.begin()),
                           .parameters = joined(words, 3)});
    return true;
  }

  bool readValue(const Words& words, Line::Kind kind) {
    if (words.size() < 4 || (line_.who && *line_.who >= plan().pages())) return false;
    line_.place = keyOf(words[2]);
    if (line_.place == kNone) return false;
    line_.value = joined(words, 3);
    return keep(kind);
  }

  bool readStep(const Words& words) {
    Event& event = line_.step.event;
    const std::string rest = joined(words, 1);
    const bool isPage = *line_.who < plan().pages();
    if (words[1] == "hears" || words[1] == "misses") return readHears(words);
    if (isPage && words[1] == "writes") return readWrites(words);
    if (isPage && words[1] == "is") return readTold(words);
    if (words[1] == "crashes" && *line_.who != plan().locks()) {
      event.kind = Event::Kind::crash;
      if (words.size() == 2) return keep();
      const bool keeps = words.size() == 4 && words[2] == "keeping";
      const std::size_t kept = keeps ? numberOf(words[3]) : kNone;
      event.what = static_cast<std::uint32_t>(kept);
      return kept != kNone && !isPage && keep();
    }
    event.kind = rest == "reads" ? Event::Kind::read
                 : rest == "connects" ? Event::Kind::connect
                                      : Event::Kind::sync;
    return (rest == "syncs" ? *line_.who == plan().server()
                            : isPage && (rest == "reads" || rest == "connects")) &&
           keep();
  }

  bool readHears(const Words& words) {
    const std::size_t from = words.size() > 2 ? processOf(words[2]) : kNone;
    if (from == kNone || from == *line_.who) return false;
    line_.step.event = {.kind = Event::Kind::hear, .from = static_cast<std::uint8_t>(from)};
    if (words[1] == "misses") return words.size() == 3 && keep(Line::Kind::misses);
    if (words.size() == 3) return keep();
    return words.size() == 4 && words[3] == "again" && keep(Line::Kind::hearsAgain);
  }

  // is told CODE of PLACE
  bool readTold(const Words& words) {
    const bool isWhole = words.size() == 6 && words[2] == "told" && words[4] == "of";
    const std::size_t place = isWhole ? numberOf(words[5]) : kNone;
    if (place == 0 || place == kNone) return false;
    line_.place = place - 1;
    line_.value = words[3];
    return keep(Line::Kind::isTold);
  }

  bool readWrites(const Words& words) {
    std::vector<OpPlan>& script = plan().scripts[*line_.who];
    OpPlan op{.place = ops_++, .writes = {}};
    std::string rest = joined(words, 2);
    for (std::size_t begin = 0; begin <= rest.size();) {
      const std::size_t end = std::min(rest.find(", ", begin), rest.size());
      if (!readWrite(wordsOf(rest.substr(begin, end - begin)), op)) return false;
      begin = end + 2;
    }
    script.push_back(std::move(op));
    line_.step.event.kind = Event::Kind::op;
    return keep();
  }

  bool readWrite(Words words, OpPlan& op) {
    static const std::vector<std::string> verbs = {"set", "unset", "add",
                                                   "put", "append", "choose"};
    Write write;
    if (!words.empty() && words.back() == "hidden") {
      write.isHidden = true;
      words.pop_back();
    }
    if (words.size() > 2 && words.back() == "read" && words[words.size() - 2] == "if") {
      write.ifRead = true;
      words.resize(words.size() - 2);
    }
    if (words.size() < 2) return false;
    const auto verb = std::find(verbs.begin(), verbs.end(), words[0]);
    write.key = keyOf(words[1]);
    if (verb == verbs.end() || write.key == kNone) return false;
    write.verb = static_cast<Verb>(verb - verbs.begin());
    const std::size_t length = write.verb == Verb::unset ? 2 : write.verb == Verb::put ? 4 : 3;
    if (words.size() != length) return false;
    if (write.verb == Verb::put) write.field = words[2];
    if (write.verb != Verb::unset) write.value = valueOf(words.back());
    op.writes.push_back(std::move(write));
    return true;
  }

  std::size_t processOf(const std::string& word) const {
    if (word == "locks") return schedule_.plan.locks();
    if (word == "server" && schedule_.plan.hasServer) return schedule_.plan.server();
    const std::size_t page = numberOf(word);
    return page < schedule_.plan.pages() ? page : kNone;
  }

  std::size_t keyOf(const std::string& name) const {
    const std::vector<KeyPlan>& keys = schedule_.plan.keys;
    for (std::size_t key = 0; key < keys.size(); ++key) {
      if (keys[key].name == name) return key;
    }
    return kNone;
  }

  bool keep(Line::Kind kind = Line::Kind::step) {
    line_.kind = kind;
    schedule_.lines.push_back(line_);
    return true;
  }

  Plan& plan() { return schedule_.plan; }

  Schedule schedule_;
  Line line_;
  std::size_t ops_ = 0;
};

}  // namespace

std::optional<Schedule> readSchedule(const std::string& text, std::string& error) {
  return Reader().read(text, error);
}

}  // namespace danji::scope
