/// Equality and hash of values, without recursion: a value as deep as the parser lets through fits any stack.
extension JSON: Hashable {
  package static func == (one: JSON, other: JSON) -> Bool {
    guard let alike = areAlike(one, other) else { return JSONComparison.areEqual(one, other) }
    return alike
  }

  package func hash(into hasher: inout Hasher) {
    if !hashScalar(into: &hasher) { hasher.combine(JSONComparison.hash(of: self)) }
  }

  /// Whether two values are equal, if that takes no look inside; none when both are arrays or both are objects.
  fileprivate static func areAlike(_ one: JSON, _ other: JSON) -> Bool? {
    switch (one, other) {
    case (.null, .null): true
    case (.bool(let one), .bool(let other)): one == other
    case (.number(let one), .number(let other)): one == other
    case (.string(let one), .string(let other)): JSONText.same(one, other)
    case (.array(let one), .array(let other)): one.count == other.count ? .none : false
    case (.object(let one), .object(let other)): one.count == other.count ? .none : false
    default: false
    }
  }

  /// Feeds a value that has nothing inside, or the kind and size of one that has.
  ///
  /// - Returns: whether that is all of it.
  fileprivate func hashScalar(into hasher: inout Hasher) -> Bool {
    switch self {
    case .null: hasher.combine(0)
    case .bool(let value): hasher.combine(value)
    case .number(let value): hasher.combine(value)
    case .string(let value): JSONText.hash(value, into: &hasher)
    case .array(let elements):
      hasher.combine(elements.count)
      return elements.isEmpty
    case .object(let object):
      hasher.combine(-1 - object.count)
      return object.isEmpty
    }
    return true
  }
}

extension JSONObject: Hashable {
  /// Whether both have the same members, in whatever order.
  package static func == (one: JSONObject, other: JSONObject) -> Bool { JSON.object(one) == JSON.object(other) }

  package func hash(into hasher: inout Hasher) { JSON.object(self).hash(into: &hasher) }
}

/// The walks through what arrays and objects hold; what is left to be seen waits in a list.
private enum JSONComparison {
  static func areEqual(_ one: JSON, _ other: JSON) -> Bool {
    var pending = [(one, other)]
    func differ(_ one: JSON, _ other: JSON) -> Bool {
      guard let alike = JSON.areAlike(one, other) else {
        pending.append((one, other))
        return false
      }
      return !alike
    }
    while let pair = pending.popLast() {
      switch pair {
      case (.array(let one), .array(let other)):
        for place in one.indices where differ(one[place], other[place]) { return false }
      case (.object(let one), .object(let other)):
        for (place, member) in one.members.enumerated() {
          let beside = other.members[place]
          let match = JSONText.same(beside.key, member.key) ? beside.value : other[member.key]
          guard let match, !differ(member.value, match) else { return false }
        }
      default: return false
      }
    }
    return true
  }

  /// The sum of a hash for each value within, made of the value and the way to it, so that members count in any order.
  static func hash(of value: JSON) -> Int {
    var sum = 0
    var pending: [(value: JSON, way: Int)] = []
    func add(_ value: JSON, _ way: Int) {
      var hasher = Hasher()
      hasher.combine(way)
      if !value.hashScalar(into: &hasher) { pending.append((value, way)) }
      sum &+= hasher.finalize()
    }
    add(value, 0)
    while let (value, way) = pending.popLast() {
      for (place, element) in (value.array ?? []).enumerated() {
        var hasher = Hasher()
        hasher.combine(way)
        hasher.combine(place)
        add(element, hasher.finalize())
      }
      for member in value.object?.members ?? [] {
        var hasher = Hasher()
        hasher.combine(way)
        JSONText.hash(member.key, into: &hasher)
        add(member.value, hasher.finalize())
      }
    }
    return sum
  }
}
