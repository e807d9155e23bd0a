/// The members of a JSON value that no type asked for while it read itself: typing errors, mostly.
package final class UnreadMembers {
  /// The paths of the first ones, such as `thinking.budget_tokens`, first those of the outermost object.
  package var paths: [String] { found.paths }
  /// Whether there were more.
  package var hasMore: Bool { found.hasMore }

  private struct Found {
    var paths: [String] = []
    var hasMore = false

    mutating func add(_ path: String) {
      if paths.count < JSONLimits.unreadNamedMax { paths.append(path) } else { hasMore = true }
    }
  }

  private let isSilent: (String) -> Bool
  /// The outermost object, and what each type that looked at it knows: its members may be several types'.
  private var outermost: (object: JSONObject, knows: [(String) -> Bool]) = (JSONObject(), [])
  private var within = Found()

  /// None yet; those that are nobody's mistake, by their paths, are passed over in silence.
  package init(isSilent: @escaping (String) -> Bool = { _ in false }) { self.isSilent = isSilent }

  private var found: Found {
    var found = Found()
    for (name, _) in outermost.object where !outermost.knows.contains(where: { $0(name) }) && !isSilent(name) {
      found.add(name)
      // A value may have a million of them: what is not shown is not looked at.
      guard !found.hasMore else { return found }
    }
    for path in within.paths { found.add(path) }
    found.hasMore = found.hasMore || within.hasMore
    return found
  }

  /// Takes down what a type does not know of an object.
  func look(at object: JSONObject, at place: JSONDecoding.Place, knows: @escaping (String) -> Bool) {
    if case .root = place { return outermost = (object, outermost.knows + [knows]) }
    for (name, _) in object where !knows(name) {
      guard !within.hasMore else { return }
      let path = JSONDecoding.Place.member(name, of: place).path
      // A type may look at its object more than once.
      guard !isSilent(path), !within.paths.contains(path) else { continue }
      within.add(path)
    }
  }
}
