/// How far two texts are apart.
package enum EditDistance {
  /// The fewest letters to add, leave out, change, or swap with their neighbours, that make one name of the other.
  ///
  /// The optimal string alignment distance, over bytes; its time grows with the product of the lengths.
  package static func between(_ one: String, _ other: String) -> Int {
    let (a, b) = (Array(one.utf8), Array(other.utf8))
    var beforeLast: [Int] = []
    var last = Array(0...b.count)
    for row in a.indices {
      var current = [row + 1]
      current.reserveCapacity(last.count)
      for column in b.indices {
        var errors = min(last[column + 1] + 1, current[column] + 1, last[column] + (a[row] == b[column] ? 0 : 1))
        if row > 0, column > 0, a[row] == b[column - 1], a[row - 1] == b[column] {
          errors = min(errors, beforeLast[column - 1] + 1)
        }
        current.append(errors)
      }
      (beforeLast, last) = (last, current)
    }
    return last[b.count]
  }
}
