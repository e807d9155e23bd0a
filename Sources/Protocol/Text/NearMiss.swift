/// Finds the name that somebody may have meant.
package enum NearMiss {
  /// The closest of the known names, when few letters differ, whatever their case; the first by the alphabet of several.
  package static func of(_ name: String, among known: [String]) -> String? {
    guard name.utf8.count <= TextLimits.comparedNameMax else { return nil }
    let lowered = name.lowercased()
    let ranked = known.map { (name: $0, distance: EditDistance.between(lowered, $0.lowercased())) }
    let best = ranked.min { one, other in (one.distance, one.name) < (other.distance, other.name) }
    guard let best, best.distance <= max(TextLimits.typingErrorsMax, name.count / 4) else { return nil }
    return best.name
  }
}
