/// How much a model may spend on an answer, thoughts and tool calls included.
package enum Effort: String, Codable, Hashable, Sendable, CaseIterable, Comparable {
  case low, medium, high, xhigh, max

  package static func < (one: Effort, other: Effort) -> Bool {
    allCases.firstIndex(of: one) ?? 0 < allCases.firstIndex(of: other) ?? 0
  }
}
