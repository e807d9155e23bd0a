/// Something that reads bytes which anybody may have made, and what must hold whatever they are.
///
/// That nothing traps is what a fuzzer sees by itself; a target says what must hold besides.
package struct FuzzTarget: Sendable {
  /// The name, which is also that of the folder of its corpus.
  package let name: String
  /// Has the bytes read.
  ///
  /// - Throws: ``Broken`` when something does not hold.
  package let check: @Sendable (_ bytes: [UInt8]) throws -> Void

  /// What does not hold.
  package struct Broken: Error, CustomStringConvertible {
    package let description: String
  }

  /// All targets.
  package static let all: [FuzzTarget] = wire + streams + documents + texts + languages

  /// The target of that name.
  package static func named(_ name: String) -> FuzzTarget? { all.first { $0.name == name } }
}

extension FuzzTarget {
  /// Fails when something that must hold does not.
  static func expect(_ holds: Bool, _ what: @autoclosure () -> String) throws {
    guard holds else { throw Broken(description: what()) }
  }

  /// The bytes up to the first byte 0xFF, and those behind it: two texts in one input.
  static func two(_ bytes: [UInt8]) -> (first: [UInt8], second: [UInt8]) {
    guard let cut = bytes.firstIndex(of: 0xFF) else { return (bytes, []) }
    return (Array(bytes[..<cut]), Array(bytes[(cut + 1)...]))
  }

  static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

  /// The bytes in pieces whose sizes follow from their own first byte.
  static func pieces(_ bytes: [UInt8]) -> [ArraySlice<UInt8>] {
    let size = 1 + Int(bytes.first ?? 0) % 17
    return stride(from: 0, to: bytes.count, by: size).map { bytes[$0..<min($0 + size, bytes.count)] }
  }
}
