import Foundation
import Protocol
import Providers
import TestSupport
import Testing

/// What the official SDK makes of 29 streams, and what we make of them.
///
/// Ours is the oracle's message when every member is equal, numbers by their value, with these rules and no other:
/// - a member that only the oracle has must be null: the SDK's model fills in what the API left out (`stop_details`);
/// - a member that only we have must stand in `keptByUs`: counts that the SDK's model does not know and so loses.
///
/// The streams on which we differ on purpose have tests of their own below.
@Suite(.enabled(if: SharedData.url("anthropic-sse/oracle.json") != nil, "the shared vectors are not here"))
struct OracleTests {
  struct Stream: CustomTestStringConvertible {
    var name: String
    var bytes: [UInt8]
    var message: JSON?
    var testDescription: String { name }
  }

  /// Members of `usage` in a `message_delta` that the SDK's model has no field for.
  static let keptByUs: Set = ["usage.iterations", "usage.fallback_credit"]

  /// Streams whose outcome is another by design (../shared/data/README.md).
  static let deviations: Set = ["synthetic/bom", "synthetic/error_first"]

  static let streams: [Stream] = {
    guard let url = SharedData.url("anthropic-sse/oracle.json"), let data = try? Data(contentsOf: url),
      let file = try? JSON.parse([UInt8](data), loneSurrogates: .replace)
    else { return [] }
    return (file["streams"]?.array ?? []).map { stream in
      let bytes = Base64.decode(Array((stream["raw_b64"]?.string ?? "").utf8).span) ?? []
      let message: JSON? = if let found = stream["sdk"]?["message"], !found.isNull { found } else { .none }
      return Stream(name: stream["name"]?.string ?? "", bytes: bytes, message: message)
    }
  }()

  static func stream(_ name: String) throws -> Stream { try #require(streams.first { $0.name == name }) }

  /// The whole answer, or as much as came before the error.
  static func read(_ stream: Stream, pieces: Int) -> (
    message: ModelMessage, events: [ModelEvent], error: ProviderError?
  ) {
    var reader = EventStreamAnswer()
    var events: [ModelEvent] = []
    do throws(ProviderError) {
      for start in Swift.stride(from: 0, to: stream.bytes.count, by: pieces) {
        let piece = stream.bytes[start..<min(start + pieces, stream.bytes.count)]
        try reader.read(piece.span, into: &events)
      }
      try reader.finish(into: &events)
    } catch {
      return (reader.answer.soFar, events, error)
    }
    return (reader.answer.soFar, events, nil)
  }

  /// Where ours differs from the oracle's, as paths; empty when it does not.
  static func differences(_ ours: JSON, _ oracle: JSON, at path: String = "") -> [String] {
    switch (ours, oracle) {
    case (.number(let one), .number(let other)): return one.double == other.double ? [] : [path]
    case (.array(let one), .array(let other)):
      guard one.count == other.count else { return [path] }
      return zip(one, other).enumerated().flatMap { differences($1.0, $1.1, at: "\(path)[\($0)]") }
    case (.object(let one), .object(let other)):
      return Set(one.map(\.key) + other.map(\.key)).flatMap { key -> [String] in
        let place = path.isEmpty ? key : "\(path).\(key)"
        switch (one[key], other[key]) {
        case (let mine?, let theirs?): return differences(mine, theirs, at: place)
        case (nil, let theirs?): return theirs.isNull ? [] : [place]
        default: return keptByUs.contains(place) ? [] : [place]
        }
      }
    default: return ours == oracle ? [] : [path]
    }
  }

  @Test func `all 29 streams are there`() {
    #expect(Self.streams.count == 29)
    #expect(Self.streams.allSatisfy { !$0.bytes.isEmpty })
    #expect(Self.streams.count { $0.message != nil } == 27)
  }

  @Test(arguments: streams.filter { !deviations.contains($0.name) }, [1, 7, Int.max / 2])
  func `a stream gives the oracle's message however it is cut`(stream: Stream, pieces: Int) throws {
    let ours = Self.read(stream, pieces: pieces)
    #expect(ours.error == nil)
    let oracle = try #require(stream.message)
    #expect(Self.differences(.object(ours.message.raw), oracle) == [])
    #expect(ours.message.raw["content"]?.array == ours.message.content)
    #expect(ours.events == Self.read(stream, pieces: .max / 2).events)
  }

  @Test(arguments: streams.filter { !deviations.contains($0.name) })
  func `the events add up to the message`(stream: Stream) throws {
    let ours = Self.read(stream, pieces: 7)
    var texts: [Int: String] = [:]
    var ended: [Int: JSON] = [:]
    for event in ours.events {
      switch event {
      case .textDelta(let index, let text), .thinkingDelta(let index, let text): texts[index, default: ""] += text
      case .blockEnd(let index, let block): ended[index] = block
      default: break
      }
    }
    for (index, block) in ours.message.content.enumerated() {
      #expect(texts[index] ?? "" == block["text"]?.string ?? block["thinking"]?.string ?? "")
      let isComplete = !ours.message.incomplete.contains(index)
      #expect(ended[index] == (isComplete ? block : JSON?.none))
    }
    guard case .messageStart(let id, let model) = ours.events.first else { throw Missing.messageStart }
    #expect(id == ours.message.raw["id"]?.string)
    #expect(model == ours.message.raw["model"]?.string)
    #expect(ours.events.last == .messageEnd(stopReason: ours.message.stopReason))
  }
  enum Missing: Error { case messageStart }

  @Test(arguments: [1, 7, Int.max / 2])
  func `an error event is the oracle's error`(pieces: Int) throws {
    let ours = Self.read(try Self.stream("synthetic/error_first"), pieces: pieces)
    let error = try #require(ours.error)
    #expect(error.kind == .rateLimited)
    #expect(error.status == 200)
    #expect(error.type == "rate_limit_error")
    #expect(error.message.contains("slow"))
    #expect(ours.events.isEmpty)
  }

  @Test(arguments: [1, 7, Int.max / 2])
  func `a byte order mark is passed over, where the SDK fails`(pieces: Int) throws {
    let ours = Self.read(try Self.stream("synthetic/bom"), pieces: pieces)
    #expect(ours.error == nil)
    let plain = try Self.stream("synthetic/stop_end_turn")
    #expect(Self.differences(.object(ours.message.raw), try #require(plain.message)) == [])
  }

  @Test func `half a surrogate pair becomes the replacement character`() throws {
    let ours = Self.read(try Self.stream("synthetic/lone_surrogate_escape"), pieces: 7)
    #expect(ours.message.content.first?["text"]?.string == "\u{FFFD}")
  }

  @Test(arguments: [
    ("synthetic/max_tokens_partial_tool", 0), ("python-streaming/incomplete_partial_json_response.txt", 1),
    ("typescript/incomplete_partial_json_response.txt", 1),
  ])
  func `an unfinished tool input is marked, and never reported as a complete block`(name: String, index: Int) throws {
    let ours = Self.read(try Self.stream(name), pieces: 7)
    #expect(ours.message.incomplete == [index])
    #expect(!ours.events.contains { if case .blockEnd(index, _) = $0 { true } else { false } })
  }

  @Test func `counts that the SDK loses are kept`() throws {
    let credit = Self.read(try Self.stream("python-streaming/fallback_credit_response.txt"), pieces: 7)
    #expect(credit.message.raw["usage"]?["fallback_credit"] == ["status": ["type": "redeemed"]])
    let refusal = Self.read(try Self.stream("python-fallback/fable-fallback/stream-a-refusal.sse"), pieces: 7)
    #expect(refusal.message.raw["usage"]?["iterations"]?.array?.count == 1)
  }

  @Test func `every stream that loses its message_stop is an error, with what came before it`() throws {
    for stream in Self.streams where stream.message != nil {
      let text = String(decoding: stream.bytes, as: UTF8.self)
      let cut = try #require(text.range(of: "event: message_stop"))
      let ours = Self.read(Stream(name: stream.name, bytes: Array(text[..<cut.lowerBound].utf8)), pieces: 7)
      #expect(ours.error?.message.contains("ended before message_stop") == true)
      #expect(ours.error?.retryable == true)
      #expect(ours.message.content.count == stream.message?["content"]?.array?.count)
    }
  }
}
