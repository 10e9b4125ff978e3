// A server's door to the core: Host behind raw exports, in a module of its own (danji-host.wasm),
// so that pages carry none of it.
//
// The laws are those of bindings/boundary.h: arguments are numbers, and bytes travel through one
// input and one output buffer. Integers in them are as core/base/bytes.h writes them.
//
//   status[0]  the number that a call answers
//   status[1]  what waits: 1 spaces that are asked for, 2 rows or something said, 4 frames,
//              8 ops that want a word, 16 ops for other servers, 32 sessions to be claimed
//   status[2]  what a limit of writes counts, in all
#include <memory>

#include "core/base/limits.h"
#include "core/server/host.h"

// Wasm exports keep these names; a native build has no use for the attribute.
#ifdef __wasm__
#define DANJI_EXPORT(name) extern "C" __attribute__((export_name(#name), used))
#else
#define DANJI_EXPORT(name) extern "C"
#endif

namespace danji::bindings {
namespace {

struct Boundary {
  std::unique_ptr<Host> host;
  Bytes input;
  ByteWriter output;
  std::string detail;
  double status[3] = {0, 0, 0};
};

Boundary& boundary() {
  static Boundary shared;
  return shared;
}

Host& host() { return *boundary().host; }
ByteView input(std::uint32_t length) { return ByteView(boundary().input).first(length); }

std::uint32_t finish(ErrorCode code) {
  Boundary& shared = boundary();
  shared.status[1] = (host().hasWanted() ? 1 : 0) + (host().hasNews() ? 2 : 0) +
                     (host().hasFrames() ? 4 : 0) + (host().hasQuestions() ? 8 : 0) +
                     (host().hasForwards() ? 16 : 0) + (host().hasClaims() ? 32 : 0);
  shared.status[2] = static_cast<double>(host().effort());
  return static_cast<std::uint32_t>(code);
}

std::uint32_t finish(const Status& status) {
  if (status.ok()) return finish(ErrorCode::ok);
  boundary().detail = status.error().detail;
  return finish(status.error().code);
}

std::uint32_t malformed(const char* what) {
  return finish(Status(Error{ErrorCode::malformed, what}));
}

}  // namespace

DANJI_EXPORT(danji_reserve) std::uint8_t* danji_reserve(std::uint32_t length) {
  Bytes& bytes = boundary().input;
  if (bytes.size() < length) bytes.resize(length);
  return bytes.data();
}

DANJI_EXPORT(danji_output) const std::uint8_t* danji_output() {
  return boundary().output.view().data();
}

DANJI_EXPORT(danji_outputLength) std::uint32_t danji_outputLength() {
  return static_cast<std::uint32_t>(boundary().output.size());
}

DANJI_EXPORT(danji_status) const double* danji_status() { return boundary().status; }

DANJI_EXPORT(danji_detail) void danji_detail() {
  boundary().output.clear();
  boundary().output.raw(boundary().detail);
}

// Input: session (16 bytes), seed u64, whether connections are authenticated u8.
DANJI_EXPORT(danji_create) void danji_create() {
  ByteReader in(boundary().input);
  const std::string session(asText(in.raw(16)));
  boundary().host = std::make_unique<Host>(session, in.u64());
  host().askFirst();
  if (in.u8() != 0) host().authenticate();
  finish(ErrorCode::ok);
}

DANJI_EXPORT(danji_clock) void danji_clock(double nowMillis) { host().setClock(nowMillis); }

// Input: key text, the definition with its contract. What is behind is the page's business.
DANJI_EXPORT(danji_define) std::uint32_t danji_define(std::uint32_t length) {
  ByteReader in(input(length));
  const std::string key(in.text(length));
  Contract contract;
  const Definition definition = decodeDefinition(in, contract);
  if (in.failed()) return malformed("a definition that can't be read");
  return finish(host().define(key, definition, contract));
}

// Input: grants text, user text.
DANJI_EXPORT(danji_connect)
std::uint32_t danji_connect(ConnectionId connection, std::uint32_t length) {
  ByteReader in(input(length));
  const std::string grants(in.text(length));
  const std::string user(in.text(kKeyBytesMax));
  if (!in.finished() || (grants != "*" && !isGrants(grants))) {
    return finish(Status(Error{ErrorCode::invalidValue, "grants are ids with a colon between"}));
  }
  host().connected(connection, grants, user);
  return finish(ErrorCode::ok);
}

DANJI_EXPORT(danji_disconnect) void danji_disconnect(ConnectionId connection) {
  host().disconnected(connection);
  finish(ErrorCode::ok);
}

DANJI_EXPORT(danji_receive)
void danji_receive(ConnectionId connection, std::uint32_t length) {
  host().receive(connection, input(length));
  finish(ErrorCode::ok);
}

// count varint, (connection u32, address text)*
DANJI_EXPORT(danji_wanted) void danji_wanted() {
  ByteWriter& out = boundary().output;
  out.clear();
  const std::vector<Wanted> wanted = host().takeWanted();
  out.varint(wanted.size());
  for (const Wanted& one : wanted) {
    out.u32(one.connection);
    out.text(one.address);
  }
  finish(ErrorCode::ok);
}

// Input: address text, (length u32, bytes)*. How many of these rows are whole is in status[0].
DANJI_EXPORT(danji_load) std::uint32_t danji_load(std::uint32_t length) {
  ByteReader in(input(length));
  const std::string address(in.text(length));
  std::vector<Bytes> rows;
  while (in.remaining() > 0 && !in.failed()) {
    const ByteView row = in.raw(in.u32());
    rows.emplace_back(row.begin(), row.end());
  }
  if (in.failed()) return malformed("rows that can't be read");
  const Result<std::size_t> whole = host().load(address, rows);
  if (!whole.ok()) return finish(Status(whole.error()));
  boundary().status[0] = static_cast<double>(whole.value());
  return finish(ErrorCode::ok);
}

// Input: an address. `access` is an Access.
DANJI_EXPORT(danji_allow)
void danji_allow(ConnectionId connection, std::uint32_t access, std::uint32_t length) {
  const auto chosen = access > 2 ? Access::none : static_cast<Access>(access);
  host().allow(connection, std::string(asText(input(length))), chosen);
  finish(ErrorCode::ok);
}

// Ops want these words from now on.
DANJI_EXPORT(danji_words) void danji_words(std::uint32_t permission, std::uint32_t turn) {
  host().askWords({.permission = permission != 0, .turn = turn != 0});
}

// count varint, (ticket u32, connection u32, isTurn u8, told)*
DANJI_EXPORT(danji_questions) void danji_questions() {
  ByteWriter& out = boundary().output;
  out.clear();
  const std::vector<Question> questions = host().takeQuestions();
  out.varint(questions.size());
  for (const Question& one : questions) {
    out.u32(one.ticket);
    out.u32(one.connection);
    out.u8(one.isTurn ? 1 : 0);
    out.raw(one.op);
  }
  finish(ErrorCode::ok);
}

DANJI_EXPORT(danji_answer) void danji_answer(std::uint32_t ticket, std::uint32_t code) {
  const bool isKnown = code <= kErrorCodeLast;
  host().answer(ticket, isKnown ? static_cast<ErrorCode>(code) : ErrorCode::forbidden);
  finish(ErrorCode::ok);
}

// Input: address text, a row. The output is what Host::tell says.
DANJI_EXPORT(danji_tell) std::uint32_t danji_tell(std::uint32_t length) {
  ByteReader in(input(length));
  const std::string address(in.text(length));
  const ByteView row = in.raw(in.remaining());
  const Result<Bytes> told = host().tell(address, Bytes(row.begin(), row.end()));
  boundary().output.clear();
  if (!told.ok()) return finish(Status(told.error()));
  boundary().output.raw(told.value());
  return finish(ErrorCode::ok);
}

// Input: an address. index f64, bytes
DANJI_EXPORT(danji_condense) void danji_condense(std::uint32_t length) {
  const LogRow row = host().condense(std::string(asText(input(length))));
  boundary().output.clear();
  boundary().output.f64(static_cast<double>(row.index));
  boundary().output.raw(row.bytes);
}

// count varint, (address text)*
DANJI_EXPORT(danji_idle) void danji_idle() {
  ByteWriter& out = boundary().output;
  out.clear();
  const std::vector<std::string> addresses = host().idle();
  out.varint(addresses.size());
  for (const std::string& address : addresses) out.text(address);
}

// Input: an address.
DANJI_EXPORT(danji_full) void danji_full(std::uint32_t isFull, std::uint32_t length) {
  host().setFull(std::string(asText(input(length))), isFull != 0);
}

// Input: an address. 1: the space was let go.
DANJI_EXPORT(danji_unload) std::uint32_t danji_unload(std::uint32_t length) {
  return host().unload(std::string(asText(input(length)))) ? 1 : 0;
}

// count varint, (address text, index f64, length u32, bytes)*
DANJI_EXPORT(danji_rows) void danji_rows() {
  ByteWriter& out = boundary().output;
  out.clear();
  const std::vector<LogRow> rows = host().takeRows();
  out.varint(rows.size());
  for (const LogRow& row : rows) {
    out.text(row.address);
    out.f64(static_cast<double>(row.index));
    out.u32(static_cast<std::uint32_t>(row.bytes.size()));
    out.raw(row.bytes);
  }
  finish(ErrorCode::ok);
}

DANJI_EXPORT(danji_written) void danji_written() {
  host().rowsWritten();
  finish(ErrorCode::ok);
}

// count varint, (connection u32, length u32, bytes)*
DANJI_EXPORT(danji_frames) void danji_frames() {
  ByteWriter& out = boundary().output;
  out.clear();
  const std::vector<Outgoing> frames = host().takeFrames();
  out.varint(frames.size());
  for (const Outgoing& frame : frames) {
    out.u32(frame.connection);
    out.u32(static_cast<std::uint32_t>(frame.bytes.size()));
    out.raw(frame.bytes);
  }
  finish(ErrorCode::ok);
}

// ---- Several servers of the same logs

DANJI_EXPORT(danji_share) void danji_share() { host().share(); }

// Input: an address.
DANJI_EXPORT(danji_lead) void danji_lead(std::uint32_t length) {
  host().lead(std::string(asText(input(length))));
  finish(ErrorCode::ok);
}

// Input: an address.
DANJI_EXPORT(danji_renew) void danji_renew(std::uint32_t length) {
  host().renew(std::string(asText(input(length))));
}

// Input: an address. count varint, (connection u32)*
DANJI_EXPORT(danji_drop) void danji_drop(std::uint32_t length) {
  const std::vector<ConnectionId> users = host().drop(std::string(asText(input(length))));
  ByteWriter& out = boundary().output;
  out.clear();
  out.varint(users.size());
  for (const ConnectionId user : users) out.u32(user);
  finish(ErrorCode::ok);
}

// count varint, (connection u32, address text, length u32, bytes)*
DANJI_EXPORT(danji_forwards) void danji_forwards() {
  ByteWriter& out = boundary().output;
  out.clear();
  const std::vector<Forward> forwards = host().takeForwards();
  out.varint(forwards.size());
  for (const Forward& forward : forwards) {
    out.u32(forward.connection);
    out.text(forward.address);
    out.u32(static_cast<std::uint32_t>(forward.bytes.size()));
    out.raw(forward.bytes);
  }
  finish(ErrorCode::ok);
}

// Input: an address.
DANJI_EXPORT(danji_forwardAgain) void danji_forwardAgain(std::uint32_t length) {
  host().forwardAgain(std::string(asText(input(length))));
  finish(ErrorCode::ok);
}

// Input: what another server's danji_forwards gave.
DANJI_EXPORT(danji_receiveForwarded)
std::uint32_t danji_receiveForwarded(ConnectionId connection, std::uint32_t length) {
  const ByteView bytes = input(length);
  return finish(host().receiveForwarded(connection, Bytes(bytes.begin(), bytes.end())));
}

// count varint, (session 16 bytes, user text)*
DANJI_EXPORT(danji_claims) void danji_claims() {
  ByteWriter& out = boundary().output;
  out.clear();
  const std::vector<Claim> claims = host().takeClaims();
  out.varint(claims.size());
  for (const Claim& claim : claims) {
    out.raw(claim.session);
    out.text(claim.user);
  }
  finish(ErrorCode::ok);
}

// Input: session (16 bytes), user text.
DANJI_EXPORT(danji_own) void danji_own(std::uint32_t length) {
  ByteReader in(input(length));
  const std::string session(asText(in.raw(16)));
  const std::string user(in.text(kKeyBytesMax));
  if (in.finished()) host().own(session, user);
  finish(ErrorCode::ok);
}

DANJI_EXPORT(danji_disownAll) void danji_disownAll() { host().disownAll(); }

// JSON for metrics and panels.
DANJI_EXPORT(danji_inspect) void danji_inspect() {
  boundary().output.clear();
  boundary().output.raw(host().inspect());
}

}  // namespace danji::bindings
