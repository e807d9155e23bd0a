extension JSON {
  /// The same value, the members of each of its objects in the order of their names' bytes.
  package var sortedByName: JSON {
    switch self {
    case .array(let elements): .array(elements.map(\.sortedByName))
    case .object(let object):
      .object(
        JSONObject(
          object.members.map { ($0.key, $0.value.sortedByName) }
            .sorted { $0.0.utf8.lexicographicallyPrecedes($1.0.utf8) }))
    default: self
    }
  }
}
