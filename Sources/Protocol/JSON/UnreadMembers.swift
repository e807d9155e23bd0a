/// The members of a JSON value that no type asked for while it read itself: typing errors, mostly.
package final class UnreadMembers {
  /// Their paths, such as `thinking.budget_tokens`, in the order in which they were met.
  package private(set) var paths: [String] = []

  /// None yet.
  package init() {}

  func note(_ name: String, at place: JSONDecoding.Place) {
    let path = JSONDecoding.Place.member(name, of: place).path
    // A type may look at its object more than once.
    if !paths.contains(path) { paths.append(path) }
  }
}
