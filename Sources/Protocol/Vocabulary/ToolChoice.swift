/// Whether a model may, must or must not use a tool.
package struct ToolChoice: Codable, Hashable, Sendable {
  /// The ways.
  package enum Mode: String, Codable, Hashable, Sendable, CaseIterable {
    /// As it likes.
    case auto
    /// Some tool.
    case any
    /// The one that is named.
    case tool
    /// No tool.
    case none
  }
  /// Which of them.
  package var type: Mode
  /// The tool to use; for `tool` only.
  package var name: String?

  /// A choice.
  package init(type: Mode, name: String? = nil) {
    self.type = type
    self.name = name
  }
}
