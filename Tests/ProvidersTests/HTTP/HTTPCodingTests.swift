import OperatingSystem
import Protocol
import Providers
import TestSupport
import Testing

/// Replies in a coding, which HTTP allows whatever was asked for (RFC 9110 section 12.5.3).
@Suite(.hangGuard) struct HTTPCodingTests {
  enum Coding: String, CaseIterable {
    case gzip, xGzip = "x-gzip", deflate, rawDeflate, br, zstd, identity

    /// The name in `content-encoding`.
    var name: String { self == .rawDeflate ? "deflate" : rawValue }
    /// Whether every libcurl that is built with zlib reads it.
    var isUsual: Bool { ![.br, .zstd].contains(self) }

    /// The bytes in that coding, in blocks that compress nothing: whoever reads those reads the others, too.
    func coded(_ bytes: [UInt8]) -> [UInt8] {
      let little = { (number: Int, count: Int) in (0..<count).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) } }
      // RFC 1951 section 3.2.4.
      let stored = [1] + little(bytes.count, 2) + little(~bytes.count, 2) + bytes
      switch self {
      case .gzip, .xGzip:
        return [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3] + stored + little(Int(Self.crc32(bytes)), 4)
          + little(bytes.count, 4)
      case .deflate:
        var (a, b) = (1, 0)
        for byte in bytes { (a, b) = ((a + Int(byte)) % 65_521, (b + a + Int(byte)) % 65_521) }
        return [0x78, 0x01] + stored + [UInt8(b >> 8), UInt8(b & 255), UInt8(a >> 8), UInt8(a & 255)]
      case .rawDeflate: return stored
      // RFC 7932 section 9.2: a window of 16 bits, one block that is not compressed, an empty last one.
      case .br: return little((bytes.count - 1) << 4 | 1 << 20, 3) + bytes + [3]
      // RFC 8878 section 3.1.1: a single segment of 256 bytes or more, one raw block.
      case .zstd:
        return [0x28, 0xB5, 0x2F, 0xFD, 0x60] + little(bytes.count - 256, 2) + little(bytes.count << 3 | 1, 3) + bytes
      case .identity: return bytes
      }
    }

    private static func crc32(_ bytes: [UInt8]) -> UInt32 {
      var sum = UInt32.max
      for byte in bytes {
        sum ^= UInt32(byte)
        for _ in 0..<8 { sum = sum & 1 == 0 ? sum >> 1 : sum >> 1 ^ 0xEDB8_8320 }
      }
      return ~sum
    }
  }

  static let stream = AnthropicWireTests.answer.joined()
  static let refused = #"{"type":"error","error":{"type":"rate_limit_error","message":"slow down, please\#(blanks)"}}"#
  private static let blanks = String(repeating: " ", count: 300)

  func ask(_ server: LoopbackServer) async throws(ProviderError) -> ModelMessage {
    try await AnthropicWireTests().provider(server).answer(AnthropicRequestTests.hello) { _ in }
  }

  @Test(arguments: Coding.allCases) func `a stream and an error are read in any coding`(coding: Coding) async throws {
    let server = try LoopbackServer { request, connection in
      let type = ("Content-Type", "text/event-stream")
      try connection.beginChunks(200, [type, ("Content-Encoding", coding.name)])
      // Piece by piece: a coding must not hold back what has come.
      let all = coding.coded(Array(Self.stream.utf8))
      // Of a stream without its wrapper libcurl wants to see the beginning at once.
      try connection.chunk(Array(all.prefix(16)))
      for byte in all.dropFirst(16) { try connection.chunk([byte]) }
      try connection.endChunks()
    }
    let refusing = try LoopbackServer { request, connection in
      let headers = [("Content-Type", "application/json"), ("Content-Encoding", coding.name), ("retry-after", "120")]
      try connection.reply(429, headers, body: coding.coded(Array(Self.refused.utf8)))
    }
    guard coding.isUsual else {
      // A library without this coding says so by its name.
      let message = try? await ask(server)
      let failure = await #expect(throws: ProviderError.self) { try await ask(refusing) }
      #expect(message?.stopReason == "end_turn" || failure?.message.contains("coding") == true)
      return
    }
    #expect(try await ask(server).content == [["type": "text", "text": "Hello!"]])
    #expect(server.requests.map { $0["accept-encoding"] } == ["identity"])
    let failure = await #expect(throws: ProviderError.self) { try await ask(refusing) }
    #expect(failure?.kind == .rateLimited)
    #expect(failure?.message.contains("slow down, please") == true)
  }

  @Test func `what comes first in a compressed stream is handed over at once`() async throws {
    let heard = Latch()
    let server = try LoopbackServer { _, connection in
      try connection.beginChunks(200, [("Content-Type", "text/event-stream"), ("Content-Encoding", "gzip")])
      let all = Coding.gzip.coded(Array(Self.stream.utf8))
      let half = (Wire.start + Wire.delta("Hello")).utf8.count + 15
      try connection.chunk(Array(all[..<half]))
      heard.waitBlocking()
      try connection.chunk(Array(all[half...]))
      try connection.endChunks()
    }
    let message = try await AnthropicWireTests().provider(server).answer(AnthropicRequestTests.hello) { events in
      if events.contains(.textDelta(index: 0, text: "Hello")) { heard.open() }
    }
    #expect(message.stopReason == "end_turn")
  }

  @Test func `a coding that nobody knows, and one that is not what it says, are named`() async throws {
    for (name, body) in [("klingon", Array(Self.stream.utf8)), ("gzip", Array(Self.stream.utf8))] {
      let server = try LoopbackServer { _, connection in
        try connection.reply(200, [("Content-Type", "text/event-stream"), ("Content-Encoding", name)], body: body)
      }
      let failure = await #expect(throws: ProviderError.self) { try await ask(server) }
      #expect(failure?.message.contains("sent a reply in a coding that cannot be read") == true, "\(name)")
    }
  }
}
