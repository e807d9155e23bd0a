/// Finds the name that somebody may have meant.
package enum NearMiss {
  /// The closest of the known names, when few letters differ, whatever their case; the first by the alphabet of several.
  package static func of(_ name: String, among known: [String]) -> String? {
    guard name.utf8.count <= TextLimits.comparedNameMax else { return nil }
    let lowered = name.lowercased()
    let most = max(TextLimits.typingErrorsMax, name.count / 4)
    let ranked = known.compactMap { known -> (name: String, distance: Int)? in
      let other = known.lowercased()
      // What is longer or shorter by more is further away than that.
      guard abs(other.utf8.count - lowered.utf8.count) <= most else { return nil }
      let distance = EditDistance.between(lowered, other)
      return distance <= most ? (known, distance) : nil
    }
    return ranked.min { one, other in (one.distance, one.name) < (other.distance, other.name) }?.name
  }
}
