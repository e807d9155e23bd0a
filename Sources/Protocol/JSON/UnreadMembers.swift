/// The members of a JSON value that no type asked for while it read itself: typing errors, mostly.
package final class UnreadMembers {
  /// The paths of the first ones, such as `thinking.budget_tokens`, in the order in which they were met.
  package private(set) var paths: [String] = []
  /// Whether there were more.
  package private(set) var hasMore = false
  private let isSilent: (String) -> Bool

  /// None yet; those that are nobody's mistake, by their paths, are passed over in silence.
  package init(isSilent: @escaping (String) -> Bool = { _ in false }) { self.isSilent = isSilent }

  func note(_ name: String, at place: JSONDecoding.Place) {
    // A value may have a million of them: what is not shown is not looked at.
    guard !hasMore else { return }
    let path = JSONDecoding.Place.member(name, of: place).path
    // A type may look at its object more than once.
    guard !isSilent(path), !paths.contains(path) else { return }
    if paths.count < JSONLimits.unreadNamedMax { paths.append(path) } else { hasMore = true }
  }
}
