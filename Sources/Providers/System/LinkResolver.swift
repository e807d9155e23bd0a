/// What symbolic links lead to, as a parameter, so that a link cannot lead out of a workspace unseen.
package struct LinkResolver: Sendable {
  /// The path with every link followed; `nil` when there is nothing there.
  package var resolve: @Sendable (_ path: String) -> String?

  /// A resolver made of its function.
  package init(resolve: @escaping @Sendable (_ path: String) -> String?) { self.resolve = resolve }

  /// The system's own, realpath(3).
  package static let system = LinkResolver { path in
    guard !path.utf8.contains(0), case .success(let real) = SystemPath.real(Array(path.utf8)) else { return nil }
    return String(decoding: real, as: UTF8.self)
  }
}
