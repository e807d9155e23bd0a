/// Why a JSON value is not what a message wants: where in the value, and what was wrong.
package struct JSONDecodingError: Error, Hashable, Sendable {
  /// The way to the value, like `prompt[2].source.data`; empty for the whole.
  package var path: String
  /// What was expected and what was found.
  package var reason: String
}

extension JSON {
  /// Reads a plain struct out of this value.
  package func decode<Value: Decodable>(_ type: Value.Type = Value.self) throws(JSONDecodingError) -> Value {
    throw JSONDecodingError(path: "", reason: "stub")
  }
  /// Turns a plain struct into a value.
  package init<Value: Encodable>(encoding value: Value) throws { self = .null }
}
