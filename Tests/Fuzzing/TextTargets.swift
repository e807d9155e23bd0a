import Protocol
import Providers
import Server

extension FuzzTarget {
  /// What stands for bytes, moments and names.
  static let texts = [
    FuzzTarget(name: "base64", check: base64), FuzzTarget(name: "dates", check: dates),
    FuzzTarget(name: "names", check: names),
  ]

  private static func base64(_ bytes: [UInt8]) throws {
    let written = Base64.encode(bytes.span)
    try expect(Base64.decode(written.utf8.span) == bytes, "what is written is read as other bytes")
    if let read = Base64.decode(bytes.span) {
      try expect(Array(Base64.encode(read.span).utf8) == bytes, "two texts are the same bytes")
    }
    let text = PercentEncoding.encode(bytes)
    try expect(text.allSatisfy { $0 > 0x20 && $0 < 0x7F }, "what is escaped has a character that is none of a URL")
  }

  private static func dates(_ bytes: [UInt8]) throws {
    let text = text(bytes)
    if let moment = Timestamp.milliseconds(text) {
      let whole = moment.flooredQuotient(1_000).quotient * 1_000
      try expect(Timestamp.milliseconds(Timestamp.text(milliseconds: whole)) == whole, "a moment is written as another")
    }
    _ = HTTPDate.milliseconds(text)
    for name in ["retry-after", "retry-after-ms"] {
      let delay = Retry.requestedDelay(HTTPHeaders([(name, text)]), now: 1_800_000_000_000)
      try expect(delay.map { $0 > 0 } ?? true, "a delay that is none")
    }
    let number = bytes.prefix(8).reduce(0) { $0 << 8 | Int($1) }
    for moment in [number, -1 - number, Int.max, Int.min] {
      _ = (Timestamp.text(milliseconds: moment), CompactDate.text(moment), CivilDate(millisecondsSince1970: moment))
    }
    if let amount = try? JSON.parse(bytes), case .number(let dollars) = amount, let cost = Picodollars.parse(dollars) {
      try expect(cost >= 0, "an amount below zero")
      _ = Picodollars.json(cost)
    }
  }

  private static func names(_ bytes: [UInt8]) throws {
    let text = text(bytes)
    let name = ModelName(text)
    _ = (name.bare, ModelARN(text), ModelLine.mentioned(in: text), ModelCatalog.find(text))
    _ = CallCost.price(of: text, provider: .bedrock)
    _ = NearMiss.of(String(text.prefix(40)), among: ["agent/run", "server/ping"])
    _ = OneLine.of(text)
  }
}
