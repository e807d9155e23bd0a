/// Files as a parameter, so that tests decide what there is.
package struct FileSource: Sendable {
  /// The bytes of a file; `nil` when there is none of that name.
  package var read: @Sendable (_ path: String) throws(FileFailure) -> [UInt8]?
  /// Puts a file in the place of another at once, readable by its owner only (mode 0600).
  package var replace: @Sendable (_ path: String, _ bytes: [UInt8]) throws(FileFailure) -> Void

  /// Whether what is at a path belongs to another user than this process's and the system's.
  package var isForeign: @Sendable (_ path: String) -> Bool

  /// Files made of their parts.
  package init(
    read: @escaping @Sendable (_ path: String) throws(FileFailure) -> [UInt8]?,
    replace: @escaping @Sendable (_ path: String, _ bytes: [UInt8]) throws(FileFailure) -> Void,
    isForeign: @escaping @Sendable (_ path: String) -> Bool = { _ in false }
  ) {
    self.read = read
    self.replace = replace
    self.isForeign = isForeign
  }
}

/// Why a file could not be read or written.
package struct FileFailure: Error, Sendable, Hashable {
  /// The path and the system's reason, for a person.
  package var message: String

  /// A failure.
  package init(_ message: String) { self.message = message }
}
