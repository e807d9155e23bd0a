import Protocol
import Providers
import TestSupport
import Testing

/// The oracle's 29 streams, in Bedrock's frames: the same messages and errors as over server-sent events.
@Suite(.enabled(if: SharedData.url("anthropic-sse/oracle.json") != nil, "the shared vectors are not here"))
struct BedrockOracleTests {
  /// The stream's events, each in a frame of its own.
  static func framed(_ stream: OracleTests.Stream) throws -> [UInt8] {
    var bytes: [UInt8] = []
    var parser = ServerSentEvents(eventMax: ProviderLimits.eventMax) { _ in CancellationError() }
    func take(_ name: Span<UInt8>, _ data: Span<UInt8>) {
      bytes += EventStreamFrames.chunk(Frame.text(data, 0..<data.count))
    }
    try parser.feed(stream.bytes.span, take)
    try parser.finish(take)
    return bytes
  }

  @Test(arguments: OracleTests.streams.filter { $0.message != nil }, [1, 7, Int.max / 2])
  func `a stream gives the oracle's message however it is cut`(stream: OracleTests.Stream, pieces: Int) throws {
    let ours = BedrockAnswerTests.read(try Self.framed(stream), pieces: pieces)
    #expect(ours.error == nil)
    let oracle = try #require(stream.message)
    #expect(OracleTests.differences(.object(ours.message.raw), oracle) == [])
    let overSSE = OracleTests.read(stream, pieces: .max / 2)
    #expect(ours.events == overSSE.events)
    #expect(ours.message.incomplete == overSSE.message.incomplete)
  }

  @Test func `the streams without a message are the same errors`() throws {
    let error = BedrockAnswerTests.read(try Self.framed(try OracleTests.stream("synthetic/error_first"))).error
    #expect(error?.kind == .rateLimited)
    #expect(error?.status == 200)
    #expect(error?.type == "rate_limit_error")
    let bom = BedrockAnswerTests.read(try Self.framed(try OracleTests.stream("synthetic/bom")))
    #expect(bom.error == nil)
  }

  @Test(arguments: EventStreamVectorTests.streams)
  func `a stream that botocore has judged gives the same events as their text`(vector: EventStreamVectorTests.Vector)
    throws
  {
    let events = (vector.json["events"]?.array ?? []).compactMap(\.string)
    #expect(events.count == vector.json["messages"]?.int)
    let ours = BedrockAnswerTests.read(vector.bytes, pieces: 100)
    let plain = events.map { "data: \($0)\n\n" }.joined()
    let overSSE = OracleTests.read(
      OracleTests.Stream(name: vector.name, bytes: Array(plain.utf8)), pieces: .max / 2)
    #expect(ours.events == overSSE.events)
    #expect(ours.message == overSSE.message)
    #expect(ours.error?.message == overSSE.error?.message)
  }

  @Test(arguments: EventStreamVectorTests.exceptions)
  func `an exception frame is the error that it names`(vector: EventStreamVectorTests.Vector) {
    let error = BedrockAnswerTests.read(vector.bytes, pieces: 7).error
    let message = vector.json["body"]?["message"]?.string ?? "?"
    #expect(error?.message.hasSuffix(message) == true)
    #expect(error?.retryable == (vector.name != "validationException"))
    #expect(error?.status == 200)
  }
}
