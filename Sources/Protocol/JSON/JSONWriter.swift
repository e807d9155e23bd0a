/// Appends JSON to a byte buffer that its owner reuses: no allocation but the buffer's own growth.
package struct JSONWriter: Sendable {
  /// What has been written.
  package var bytes: [UInt8] = []
  package init() {}
  /// Any value.
  package mutating func write(_ value: JSON) {}
  /// A quoted, escaped string.
  package mutating func write(_ string: String) {}
  /// A whole number.
  package mutating func write(_ number: Int) {}
  /// Bytes that are JSON already.
  package mutating func raw(_ text: StaticString) {}
  /// Bytes that are JSON already.
  package mutating func raw(_ json: Span<UInt8>) {}
}
extension JSON {
  /// This value as compact JSON.
  package var serialized: [UInt8] { var writer = JSONWriter(); writer.write(self); return writer.bytes }
  /// This value as compact JSON text.
  package var text: String { String(decoding: serialized, as: UTF8.self) }
}
