internal import CSystem

/// What a name in a folder is.
package struct FileStatus: Sendable, Hashable {
  /// The kinds of things that names stand for.
  package enum Kind: Sendable, Hashable {
    case file, folder, link
    /// A device, a FIFO or a socket.
    case special
  }

  package let kind: Kind
  /// Its bytes.
  package let size: Int
  /// Its permission bits.
  package let mode: UInt32
  /// When its content was changed last, in milliseconds since 1970.
  package var modifiedMs: Int { Int(native.modified / 1_000_000) }
  /// How many names it has (hard links).
  package var names: Int { Int(clamping: native.names) }
  /// Whether it runs with its owner's or group's rights, whoever starts it.
  package var hasSetID: Bool { kind == .file && mode & 0o6000 != 0 }
  /// The user it belongs to.
  let owner: UInt32
  /// What the system says, to be handed back to it.
  let native: csystem_status

  init(_ native: csystem_status) {
    self.native = native
    kind = Kind(native.kind)
    size = Int(native.size)
    mode = native.mode
    owner = native.owner
  }

  /// Whether this is the same file, whatever it holds.
  package func isSameFile(as other: FileStatus) -> Bool {
    native.inode == other.native.inode && native.device == other.native.device
  }

  /// Whether this is the same file with the same content, as far as the system's marks go.
  package static func == (one: FileStatus, other: FileStatus) -> Bool {
    one.isSameFile(as: other) && one.native.size == other.native.size && one.native.modified == other.native.modified
  }

  package func hash(into hasher: inout Hasher) { hasher.combine(native.inode) }
}

extension FileStatus.Kind {
  init(_ kind: csystem_kind) {
    switch kind {
    case CSYSTEM_FILE: self = .file
    case CSYSTEM_FOLDER: self = .folder
    case CSYSTEM_LINK: self = .link
    default: self = .special
    }
  }
}
