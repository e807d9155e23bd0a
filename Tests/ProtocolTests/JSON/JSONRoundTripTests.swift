import Protocol
import Testing

/// A small generator whose numbers follow from its seed (SplitMix64), so that a failure can be repeated.
struct SeededGenerator: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}

@Suite struct JSONRoundTripTests {
  private func string(_ random: inout SeededGenerator) -> String {
    var text = String.UnicodeScalarView()
    for _ in 0..<Int.random(in: 0...20, using: &random) {
      let highest: UInt32 = [0x20, 0x7F, 0x7FF, 0xFFFF, 0x10FFFF].randomElement(using: &random) ?? 0
      text.append(Unicode.Scalar(UInt32.random(in: 0...highest, using: &random)) ?? "\"")
    }
    return String(text)
  }

  private func value(_ random: inout SeededGenerator, depth: Int) -> JSON {
    switch Int.random(in: 0..<(depth > 0 ? 8 : 6), using: &random) {
    case 0: .null
    case 1: .bool(.random(using: &random))
    case 2: .number(JSONNumber(Int.random(in: .min ... .max, using: &random)))
    case 3: JSONNumber(Double(bitPattern: random.next())).map(JSON.number) ?? 0
    case 4, 5: .string(string(&random))
    case 6: .array((0..<Int.random(in: 0...6, using: &random)).map { _ in value(&random, depth: depth - 1) })
    default:
      .object(
        JSONObject(
          (0..<Int.random(in: 0...24, using: &random)).map { _ in (string(&random), value(&random, depth: depth - 1)) })
      )
    }
  }

  @Test(arguments: UInt64(0)..<20) func `what is written is read as the same value`(seed: UInt64) throws {
    var random = SeededGenerator(state: seed)
    for _ in 0..<50 {
      let value = value(&random, depth: 4)
      let bytes = value.serialized
      let read = try JSON.parse(bytes)
      #expect(read == value)
      #expect(read.hashValue == value.hashValue)
      #expect(read.serialized == bytes)
    }
  }

  @Test(arguments: UInt64(0)..<20) func `a text in which bytes were changed is read or refused, never worse`(
    seed: UInt64
  ) throws {
    var random = SeededGenerator(state: seed)
    for _ in 0..<200 {
      var bytes = JSON.array([value(&random, depth: 3), value(&random, depth: 3)]).serialized
      for _ in 0..<Int.random(in: 1...3, using: &random) {
        bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: .min ... .max, using: &random)
      }
      do {
        let value = try JSON.parse(bytes)
        #expect(try JSON.parse(value.serialized) == value)
      } catch {
        #expect(error.offset <= bytes.count && !error.reason.isEmpty)
      }
    }
  }
}
