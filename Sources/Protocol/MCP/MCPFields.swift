/// How members of MCP's messages are read: `null` and what is of another type count as absent, as servers write all that
/// they know of.
extension JSONObject {
  /// A text.
  func text(_ name: String) -> String? { self[name]?.string }

  /// A truth value; false when there is none.
  func flag(_ name: String) -> Bool { self[name]?.bool ?? false }

  /// Values of a list, those left out that are none.
  func list<Value>(_ name: String, _ read: (JSON) -> Value?) -> [Value] { (self[name]?.array ?? []).compactMap(read) }
}
