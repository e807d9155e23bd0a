package import OperatingSystem

/// What rules must know of files: where links lead, and which names are one file's.
package struct FileLookup: Sendable {
  /// What is found in a folder.
  package struct Entry: Hashable, Sendable {
    /// Its name.
    package var name: [UInt8]
    /// File, folder, link or another thing; links are not followed.
    package var kind: FileStatus.Kind

    /// Something found.
    package init(name: [UInt8], kind: FileStatus.Kind) {
      self.name = name
      self.kind = kind
    }
  }

  /// The path without links; `nil` when there is nothing there.
  var resolve: @Sendable (_ path: String) -> String?
  /// The file at a path, when it has more than one name; `nil` for all else.
  ///
  /// Links are not followed.
  var shared: @Sendable (_ path: String) -> FileStatus?
  /// What is in a folder; nothing when it cannot be read.
  var entries: @Sendable (_ path: String) -> [Entry]

  /// The text of a small file; nothing when it cannot be read.
  var text: @Sendable (_ path: String) -> [UInt8]

  /// Functions that look files up.
  package init(
    resolve: @escaping @Sendable (_ path: String) -> String?,
    shared: @escaping @Sendable (_ path: String) -> FileStatus?,
    entries: @escaping @Sendable (_ path: String) -> [Entry],
    text: @escaping @Sendable (_ path: String) -> [UInt8]
  ) {
    self.resolve = resolve
    self.shared = shared
    self.entries = entries
    self.text = text
  }

  /// No files: paths are judged by their text alone.
  package static let none = FileLookup(
    resolve: { _ in nil }, shared: { _ in nil }, entries: { _ in [] }, text: { _ in [] })

  /// Looks at this machine's files, as they are at that moment.
  package static let system = FileLookup(
    resolve: LinkResolver.system.resolve,
    shared: { path in
      let names = FileName.list(path.utf8)
      guard let last = names.last, let folder = try? OpenFolder(path: FileName.absolute(names.dropLast())),
        let status = try? folder.status(last), status.kind == .file, status.names > 1
      else { return nil }
      return status
    },
    entries: { path in
      guard !path.utf8.contains(0), let folder = try? OpenFolder(path: Array(path.utf8)), !folder.isKernelFolder else {
        return []
      }
      return ((try? folder.entries()) ?? []).map { Entry(name: $0.name.bytes, kind: $0.kind) }
    },
    text: { path in
      let names = FileName.list(path.utf8)
      guard let last = names.last, let folder = try? OpenFolder(path: FileName.absolute(names.dropLast())) else {
        return []
      }
      return (try? folder.read(last, max: PermissionLimits.ignoreBytesMax).bytes) ?? []
    })

  /// The path of names from the root.
  static func path(_ names: some Sequence<[UInt8]>) -> String {
    let text = names.flatMap { [UInt8(ascii: "/")] + $0 }
    return text.isEmpty ? "/" : String(decoding: text, as: UTF8.self)
  }
}
