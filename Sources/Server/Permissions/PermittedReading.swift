/// Which files, or hosts, may be read on the way, by whatever comes across many of them for a model.
package struct PermittedReading: Sendable {
  private let judge: (@Sendable (String) -> Bool)?
  private let shows: (@Sendable (String) -> Bool)?

  /// What that function says of a path; and `shows`, of one that may be read, whether what it holds may be shown to who did
  /// not name it.
  package init(
    _ judge: (@Sendable (_ path: String) -> Bool)?, showing shows: (@Sendable (_ path: String) -> Bool)? = nil
  ) {
    self.judge = judge
    self.shows = shows
  }

  /// No rule stands in the way of any file.
  package static let everything = PermittedReading(nil)

  /// Nothing may be read.
  package static let nothing = PermittedReading({ _ in false })

  /// Whether a file may be read; the path is relative to the workspace, or absolute.
  ///
  /// Most sessions have no such rule: then the path is not even put together.
  package func permits(_ path: @autoclosure () -> String) -> Bool { judge.map { $0(path()) } ?? true }

  /// Whether what a file holds may be shown on the way; asked of files that may be read.
  package func permitsShowing(_ path: @autoclosure () -> String) -> Bool { shows.map { $0(path()) } ?? true }
}
