/// A key, token or password: it can be used, but not shown, interpolated or encoded.
package struct Secret: Hashable, Sendable {
  private let value: String

  /// Wraps a secret as soon as it is read.
  package init(_ value: String) { self.value = value }

  /// The secret itself, for the one place that puts it on the wire.
  package func reveal() -> String { value }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  /// What a log or an error shows in its place.
  package var description: String { "•••" }
  package var debugDescription: String { "•••" }
  package var customMirror: Mirror { Mirror(self, children: []) }
}

extension Secret: Decodable {
  package init(from decoder: any Decoder) throws {
    self.init(try decoder.singleValueContainer().decode(String.self))
  }
}
