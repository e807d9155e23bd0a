/// A place that the line may reach.
struct ReachedPlace {
  /// Its names from the root; `nil` is any number of names.
  var names: [[PathSign]?]
  /// How the line has it.
  var shown: String
  /// Whether the line only reads it.
  var isOnlyRead = false
  /// Whether what is below it is reached with it.
  var isWhole = false
  /// Whether what git ignores below it is passed over.
  var passesIgnored = false
  /// Whether it is a path beyond doubt, and not just any word.
  var isPath = false
  /// Whether nothing is opened there.
  var isOnlySaid = false
}
