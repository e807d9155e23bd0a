/// The members of a JSON object in the order they were written; of duplicate names the last one wins.
///
/// Names are equal when their bytes are (RFC 8259 section 8.3). A duplicate takes the place of the first.
package struct JSONObject: Sendable {
  /// One member; a struct, as tuples in arrays are released through slower, general code.
  package struct Member: Sendable {
    /// The name.
    package let key: String
    /// What the name stands for.
    package var value: JSON
  }

  /// The members, each name once.
  package private(set) var members: [Member] = []

  /// Finds names where looking at each would take too long; kept above ``JSONLimits/searchedMax`` members only.
  private var index: JSONNameIndex?

  /// No members.
  package init() {}

  /// These members; of duplicate names the last one wins.
  package init(_ members: [(String, JSON)]) { self.init(written: members.map { Member(key: $0.0, value: $0.1) }) }

  /// Members as they were written, which may name one thing twice.
  init(written: [Member]) {
    members = written
    if members.count > JSONLimits.searchedMax || Self.hasDuplicates(members) {
      index = JSONNameIndex(removingDuplicatesFrom: &members)
      if members.count <= JSONLimits.searchedMax { index = nil }
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
        index = members.count > JSONLimits.searchedMax ? JSONNameIndex(members) : nil
      case (nil, let value?):
        members.append(Member(key: key, value: value))
        if index != nil {
          index?.insertLast(of: members)
        } else if members.count > JSONLimits.searchedMax {
          index = JSONNameIndex(members)
        }
      case (nil, nil): break
      }
    }
  }

  /// Whether one name stands twice, found by looking at each pair.
  private static func hasDuplicates(_ members: [Member]) -> Bool {
    var prints = InlineArray<16, UInt64>(repeating: 0)  // ``JSONLimits/searchedMax`` of them
    for later in members.indices {
      let print = JSONText.fingerprint(members[later].key)
      prints[later] = print
      for earlier in 0..<later
      where prints[earlier] == print && JSONText.same(members[earlier].key, members[later].key) { return true }
    }
    return false
  }

  private func place(of key: String) -> Int? {
    if let index { return index.place(of: key, in: members) }
    return members.firstIndex { JSONText.same($0.key, key) }
  }
}

extension JSONObject: Sequence {
  /// The members one after another, as pairs that a loop can take apart.
  package struct Iterator: IteratorProtocol {
    fileprivate var members: IndexingIterator<[Member]>

    package mutating func next() -> (key: String, value: JSON)? { members.next().map { ($0.key, $0.value) } }
  }

  package func makeIterator() -> Iterator { Iterator(members: members.makeIterator()) }
}

extension JSONObject: ExpressibleByDictionaryLiteral {
  package init(dictionaryLiteral elements: (String, JSON)...) { self.init(elements) }
}
