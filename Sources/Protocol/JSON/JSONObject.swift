/// The members of a JSON object in the order they were written; of duplicate names the last one wins.
///
/// Names are equal when their bytes are (RFC 8259 section 8.3). A duplicate takes the place of the first.
package struct JSONObject: Sendable {
  /// The members, each name once.
  package private(set) var members: [(key: String, value: JSON)] = []

  /// Finds names where looking at each would take too long; kept above ``searchedMax`` members only.
  private var index: JSONNameIndex?

  /// The largest number of members that are searched one by one; below it that beats any table.
  private static let searchedMax = 16

  /// No members.
  package init() {}

  /// These members; of duplicate names the last one wins.
  package init(_ members: [(String, JSON)]) { self.init(written: members.map { (key: $0.0, value: $0.1) }) }

  /// Members as they were written, which may name one thing twice.
  init(written: [(key: String, value: JSON)]) {
    members = written
    if members.count > Self.searchedMax || Self.hasDuplicates(members) {
      index = JSONNameIndex(removingDuplicatesFrom: &members)
      if members.count <= Self.searchedMax { index = nil }
    }
  }

  /// How many members there are.
  package var count: Int { members.count }

  /// Whether there are none.
  package var isEmpty: Bool { members.isEmpty }

  /// The value of that name; assigning `nil` removes the member, a new name goes last.
  package subscript(key: String) -> JSON? {
    get { place(of: key).map { members[$0].value } }
    set {
      switch (place(of: key), newValue) {
      case (let place?, let value?): members[place].value = value
      case (let place?, nil):
        members.remove(at: place)
        index = members.count > Self.searchedMax ? JSONNameIndex(members) : nil
      case (nil, let value?):
        members.append((key, value))
        if index != nil {
          index?.insertLast(of: members)
        } else if members.count > Self.searchedMax {
          index = JSONNameIndex(members)
        }
      case (nil, nil): break
      }
    }
  }

  /// Whether one name stands twice, found by looking at each pair.
  private static func hasDuplicates(_ members: [(key: String, value: JSON)]) -> Bool {
    for later in members.indices {
      for earlier in 0..<later where JSONText.same(members[earlier].key, members[later].key) { return true }
    }
    return false
  }

  private func place(of key: String) -> Int? {
    if let index { return index.place(of: key, in: members) }
    return members.firstIndex { JSONText.same($0.key, key) }
  }
}

extension JSONObject: Hashable {
  /// Whether both have the same members, in whatever order.
  package static func == (one: JSONObject, other: JSONObject) -> Bool {
    guard one.count == other.count else { return false }
    for (place, member) in one.members.enumerated() {
      let beside = other.members[place]
      let match = JSONText.same(beside.key, member.key) ? beside.value : other[member.key]
      guard match == member.value else { return false }
    }
    return true
  }

  /// Adds up one hash a member, so that the order does not matter.
  package func hash(into hasher: inout Hasher) {
    var sum = 0
    for (key, value) in members {
      var member = Hasher()
      JSONText.hash(key, into: &member)
      member.combine(value)
      sum &+= member.finalize()
    }
    hasher.combine(members.count)
    hasher.combine(sum)
  }
}

extension JSONObject: Sequence {
  package func makeIterator() -> IndexingIterator<[(key: String, value: JSON)]> { members.makeIterator() }
}
