/// Which files, or hosts, may be read on the way, by whatever comes across many of them for a model.
package struct PermittedReading: Sendable {
  private let judge: (@Sendable (String) -> Bool)?

  /// What that function says of a path.
  package init(_ judge: @escaping @Sendable (_ path: String) -> Bool) { self.judge = judge }

  private init() { judge = nil }

  /// No rule stands in the way of any file.
  package static let everything = PermittedReading()

  /// Nothing may be read.
  package static let nothing = PermittedReading { _ in false }

  /// Whether a file may be read; the path is relative to the workspace, or absolute.
  ///
  /// Most sessions have no such rule: then the path is not even put together.
  package func permits(_ path: @autoclosure () -> String) -> Bool { judge.map { $0(path()) } ?? true }
}
