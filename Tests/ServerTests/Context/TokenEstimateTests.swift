import Protocol
import Providers
import Server
import TestSupport
import Testing

@Suite struct `An estimate of tokens` {
  private func user(_ blocks: JSON...) -> JSON { ["role": "user", "content": .array(blocks)] }
  private func text(_ bytes: Int) -> JSON { ["type": "text", "text": .string(String(repeating: "x", count: bytes))] }
  private func image(_ bytes: [UInt8]) -> JSON {
    [
      "type": "image",
      "source": ["type": "base64", "media_type": "image/png", "data": .string(Base64.encode(bytes.span))],
    ]
  }
  /// The beginning of a PNG of that size.
  private func png(_ width: UInt32, _ height: UInt32) -> [UInt8] {
    let head: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 13, 0x49, 0x48, 0x44, 0x52]
    return head
      + [width, height].flatMap { number in (0..<4).map { UInt8(truncatingIfNeeded: number >> (24 - 8 * $0)) } }
  }

  @Test func `counts two tokens for seven bytes of text`() {
    #expect(TokenEstimate.message(user(text(700))) == 200 + 4)
    #expect(TokenEstimate.message(["role": "user", "content": "xxxxxxx"]) == 2 + 4)
    #expect(TokenEstimate.message(user(["type": "text", "text": "ééé"])) == 2 + 4)
    #expect(TokenEstimate.messages([]) == 0)
  }

  @Test func `grows with whatever is added`() {
    let blocks: [JSON] = [
      text(10), image(png(10, 10)), ["type": "tool_use", "id": "t", "name": "n", "input": ["a": 1]],
      ["type": "tool_result", "tool_use_id": "t", "content": "x"],
      ["type": "thinking", "thinking": "x", "signature": "y"],
      ["type": "document", "source": ["type": "base64", "data": "AAAA"]], ["type": "new", "x": [1, 2, .null]],
    ]
    for end in 1...blocks.count {
      let before = TokenEstimate.message(["role": "user", "content": .array(Array(blocks.prefix(end - 1)))])
      #expect(TokenEstimate.message(["role": "user", "content": .array(Array(blocks.prefix(end)))]) > before)
    }
  }

  @Test(arguments: [
    (1_000, 1_000, 1_334), (200, 200, 54), (1_092, 1_092, 1_590), (8_000, 8_000, 1_600), (10_000, 100, 33), (1, 1, 1),
  ]) func `counts an image by its size`(width: Int, height: Int, tokens: Int) {
    let message = user(image(png(UInt32(width), UInt32(height))))
    #expect(TokenEstimate.parts(of: message).images == tokens)
    #expect(TokenEstimate.parts(of: message).words == 4)
  }

  @Test func `counts an image it cannot read as the largest`() {
    for source: JSON in [
      ["type": "url", "url": "https://example.com/a.png"], ["type": "base64", "data": "AAAA"],
      ["type": "base64", "data": "not base64!"], .null,
    ] {
      #expect(TokenEstimate.parts(of: user(["type": "image", "source": source])).images == 1_600)
    }
  }

  @Test(
    arguments: [
      ([0x47, 0x49, 0x46, 0x38, 0x39, 0x61, 0x40, 0x01, 0xC8, 0x00], 320, 200),
      (
        [0xFF, 0xD8, 0xFF, 0xE0, 0, 4, 1, 2, 0xFF, 0xFF, 0xDB, 0, 3, 9, 0xFF, 0xC2, 0, 17, 8, 0, 200, 1, 64, 3], 320,
        200
      ),
      (Array("RIFF____WEBPVP8X".utf8) + [10, 0, 0, 0, 0, 0, 0, 0, 0x3F, 1, 0, 0xC7, 0, 0], 320, 200),
      (Array("RIFF____WEBPVP8L".utf8) + [0, 0, 0, 0, 0x2F, 0x3F, 0xC1, 0x31, 0], 320, 200),
      (Array("RIFF____WEBPVP8 ".utf8) + [0, 0, 0, 0, 0, 0, 0, 0x9D, 1, 0x2A, 0x40, 1, 200, 0], 320, 200),
    ] as [([UInt8], Int, Int)]) func `reads the size of every kind of image`(bytes: [UInt8], width: Int, height: Int)
  {
    #expect(ImageSize(base64: Base64.encode(bytes.span)) == ImageSize(width: width, height: height))
    for end in 0..<min(bytes.count, 10) { #expect(ImageSize(base64: Base64.encode(Array(bytes[..<end]).span)) == nil) }
  }

  @Test func `is never upset by bytes that are no image`() {
    var numbers = RandomNumbers(seed: 7)
    for _ in 0..<2_000 {
      var bytes = numbers.bytes(Int.random(in: 1...60, using: &numbers))
      if Bool.random(using: &numbers) { bytes = [0xFF, 0xD8, 0xFF] + bytes }
      if let size = ImageSize(base64: Base64.encode(bytes.span)) { #expect(size.width > 0 && size.height > 0) }
    }
  }

  @Test func `is corrected by what the API counted`() throws {
    let calibration = try #require(TokenCalibration(model: "m", counted: 1_200, estimated: 1_000))
    #expect(calibration.corrected(1_000, model: "m") == 1_200)
    #expect(calibration.corrected(1_500, model: "m") == 1_800)
    #expect(calibration.corrected(500, model: "m") == 600)
    #expect(calibration.corrected(1_500, model: "other") == 1_500)
    // A count that is far off is of another text; what was counted stays, what is new is not made absurd by it.
    let odd = try #require(TokenCalibration(model: "m", counted: 100_000, estimated: 10))
    #expect(odd.corrected(20, model: "m") == 100_040)
    #expect(TokenCalibration(model: "m", counted: 0, estimated: 1) == nil)
    var usage = Usage()
    usage.input = 10
    usage.cacheRead = 1_190
    #expect(TokenCalibration(model: "m", usage: usage, estimated: 1_000) == calibration)
  }

  @Test func `divides without overflow`() {
    #expect(Int.max.multiplied(by: 1_000, over: 1_000) == .max)
    #expect(Int.max.multiplied(by: 2, over: 1) == .max)
    #expect(7.multiplied(by: 2, over: 3) == 5)
    #expect(0.multiplied(by: 5, over: 3) == 0)
  }
}

@Suite struct `A report of the context` {
  private func text(_ bytes: Int) -> JSON { ["type": "text", "text": .string(String(repeating: "x", count: bytes))] }

  private func contents(_ numbers: inout RandomNumbers) -> RequestContents {
    var contents = RequestContents()
    if Bool.random(using: &numbers) { contents.system = [text(Int.random(in: 0...900, using: &numbers))] }
    if Bool.random(using: &numbers) { contents.tools = [["name": "n", "input_schema": [:]]] }
    for number in 0..<Int.random(in: 0...4, using: &numbers) {
      let messages: [JSON] = [
        ["role": "user", "content": [text(Int.random(in: 1...99, using: &numbers))]],
        ["role": "assistant", "content": [["type": "tool_use", "id": "t", "name": "n", "input": [:]]]],
        ["role": "user", "content": [["type": "tool_result", "tool_use_id": "t", "content": "some result"]]],
      ]
      contents.exchanges.append(
        Exchange(runId: "r\(number)", at: 0, messages: messages, usage: Usage(), stopReason: .endTurn))
    }
    if Bool.random(using: &numbers) {
      contents.current = [["role": "user", "content": [text(20), ["type": "image", "source": ["type": "url"]]]]]
    }
    return contents
  }

  @Test func `adds up, whatever was counted`() {
    var numbers = RandomNumbers(seed: 3)
    for _ in 0..<1_000 {
      let contents = contents(&numbers)
      let counted = Bool.random(using: &numbers) ? Int.random(in: 0...300_000, using: &numbers) : nil
      let size = Bool.random(using: &numbers) ? 200_000 : nil
      let calibration = counted.flatMap { TokenCalibration(model: "m", counted: $0, estimated: 1 + $0 / 2) }
      let report = ContextReport(contents, calibration: calibration, model: "m", size: size)
      let parts = report.categories.filter { $0.kind != .free }
      #expect(parts.reduce(0) { $0 + $1.tokens } == report.used)
      #expect(parts.count == 7)
      #expect(report.categories.allSatisfy { $0.tokens >= 0 })
      #expect(report.isEstimated)
      #expect(report[.free] == size.map { max(0, $0 - report.used) })
      #expect(report.exchanges.map(\.runId) == contents.exchanges.map(\.runId))
      #expect(report.exchanges.reduce(0) { $0 + $1.tokens } <= report.used)
    }
  }

  @Test func `says what is where`() throws {
    var contents = RequestContents()
    contents.system = [text(70)]
    contents.current = [["role": "user", "content": [text(70), ["type": "image", "source": ["type": "url"]]]]]
    let report = ContextReport(contents, model: "m", size: 10_000)
    #expect(report[.system] == 20)
    #expect(report[.currentRun] == 24)
    #expect(report[.images] == 1_600)
    #expect(report[.tools] == 0)
    #expect(report.used == 1_644)
    #expect(try JSON(encoding: report).decode(ContextReport.self) == report)
  }
}
