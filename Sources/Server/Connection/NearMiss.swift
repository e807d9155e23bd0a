/// Finds the name that somebody may have meant.
package enum NearMiss {
  /// The closest of the known names, when few letters differ.
  package static func of(_ name: String, among known: [String]) -> String? {
    // Longer names are nobody's slip of the finger, and the work grows with their length.
    guard name.utf8.count <= 64 else { return nil }
    let lowered = name.lowercased()
    let ranked = known.map { (name: $0, distance: distance(Array(lowered.utf8), Array($0.lowercased().utf8))) }
    let best = ranked.min { one, other in (one.distance, one.name) < (other.distance, other.name) }
    guard let best, best.distance <= max(2, name.count / 4) else { return nil }
    return best.name
  }

  /// How many letters have to change (Levenshtein's distance).
  private static func distance(_ one: [UInt8], _ other: [UInt8]) -> Int {
    var row = Array(0...other.count)
    for (line, letter) in one.enumerated() {
      var diagonal = row[0]
      row[0] = line + 1
      for column in other.indices {
        let change = diagonal + (letter == other[column] ? 0 : 1)
        diagonal = row[column + 1]
        row[column + 1] = min(change, row[column] + 1, diagonal + 1)
      }
    }
    return row[other.count]
  }
}
