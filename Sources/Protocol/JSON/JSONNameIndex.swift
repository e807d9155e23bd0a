/// Where each name of a large object stands: an open-addressing table of places, four bytes each.
///
/// A `[String: Int]` would take six times the memory for a hostile text of millions of names, and would take names for
/// equal that differ in bytes. The hash is seeded anew in each process, so names cannot be chosen to collide.
struct JSONNameIndex: Sendable {
  typealias Members = [JSONObject.Member]

  /// The place plus one of the name that stands there; zero where none does.
  ///
  /// Its size is a power of two.
  private var slots: [UInt32]

  /// The index of names that are all different.
  init(_ members: Members) {
    slots = Self.table(for: members.count)
    for (place, member) in members.enumerated() {
      let slot = self.slot(of: member.key, in: members)
      slots[slot] = UInt32(truncatingIfNeeded: place + 1)
    }
  }

  /// The index of names as written, of which duplicates are removed: the last value stays, in the first place.
  init(removingDuplicatesFrom members: inout Members) {
    slots = Self.table(for: members.count)
    var kept = 0
    for place in members.indices {
      let slot = self.slot(of: members[place].key, in: members)
      if slots[slot] != 0 {
        members[Int(slots[slot]) - 1].value = members[place].value
      } else {
        if kept < place { members[kept] = members[place] }
        kept += 1
        slots[slot] = UInt32(truncatingIfNeeded: kept)
      }
    }
    members.removeLast(members.count - kept)
  }

  /// Where the member of that name stands.
  func place(of name: String, in members: Members) -> Int? {
    let found = slots[slot(of: name, in: members)]
    return found == 0 ? nil : Int(found) - 1
  }

  /// Takes in the last member, whose name is new.
  mutating func insertLast(of members: Members) {
    guard let last = members.last else { return }
    guard members.count * 2 <= slots.count else {
      self = JSONNameIndex(members)
      return
    }
    slots[slot(of: last.key, in: members)] = UInt32(truncatingIfNeeded: members.count)
  }

  /// The slot that has the name, or the free one where it belongs.
  private func slot(of name: String, in members: Members) -> Int {
    var hasher = Hasher()
    JSONText.hash(name, into: &hasher)
    var slot = hasher.finalize() & (slots.count - 1)
    while slots[slot] != 0, !JSONText.same(members[Int(slots[slot]) - 1].key, name) {
      slot = (slot + 1) & (slots.count - 1)
    }
    return slot
  }

  /// Free slots for that many names, at least half of which stay free.
  private static func table(for count: Int) -> [UInt32] {
    var size = 64
    while size < count * 2 { size *= 2 }
    return Array(repeating: 0, count: size)
  }
}
