internal import CSystem

/// What this program was built from, and for what.
package enum Build {
  /// The commit, as whoever built it has said; `nil` where nobody has.
  private static var commit: String? { unsafe csystem_build_commit().map { unsafe String(cString: $0) } }

  /// All that is known, in one line.
  package static var line: String {
    let kind = csystem_build_is_optimized() ? "release" : "debug"
    let target = unsafe String(cString: csystem_build_target())
    return "\(commit.map { "commit \($0)" } ?? "commit not noted"), \(kind) build, \(target)"
  }
}
