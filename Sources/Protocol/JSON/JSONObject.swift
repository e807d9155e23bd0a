/// The members of a JSON object in the order they were written; of duplicate names the last one wins.
package struct JSONObject: Sendable {
  /// The members, each name once.
  package private(set) var members: [(key: String, value: JSON)] = []

  /// No members.
  package init() {}

  /// These members; of duplicate names the last one wins.
  package init(_ members: [(String, JSON)]) {
    for (key, value) in members { self[key] = value }
  }

  /// How many members there are.
  package var count: Int { members.count }

  /// Whether there are none.
  package var isEmpty: Bool { members.isEmpty }

  /// The value of that name; assigning `nil` removes the member, a new name goes last.
  package subscript(key: String) -> JSON? {
    get { members.first { $0.key == key }?.value }
    set {
      let place = members.firstIndex { $0.key == key }
      switch (place, newValue) {
      case (let place?, let value?): members[place].value = value
      case (let place?, nil): members.remove(at: place)
      case (nil, let value?): members.append((key, value))
      case (nil, nil): break
      }
    }
  }
}

extension JSONObject: Hashable {
  package static func == (one: JSONObject, other: JSONObject) -> Bool {
    one.count == other.count && one.members.allSatisfy { other[$0.key] == $0.value }
  }
  package func hash(into hasher: inout Hasher) { hasher.combine(members.count) }
}

extension JSONObject: Sequence {
  package func makeIterator() -> IndexingIterator<[(key: String, value: JSON)]> { members.makeIterator() }
}
