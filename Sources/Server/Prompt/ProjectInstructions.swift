package import OperatingSystem
internal import Protocol

/// What a project tells those who work in it: its `AGENTS.md` and `CLAUDE.md`.
///
/// Read are those of the workspace and of the folders above it up to the repository's root; outside a repository the
/// workspace's own only. The nearest come last, as what is said last counts most. Lines like `@other.md` stay as they are:
/// nothing is read that a file names.
package struct ProjectInstructions: Hashable, Sendable {
  /// One file's text.
  package struct File: Hashable, Sendable {
    /// Where it is.
    package var path: String
    /// What it says; when it was too long, its beginning and a line that says so.
    package var text: String
  }

  /// The names looked for, in the order in which they are shown.
  package static let names = ["AGENTS.md", "CLAUDE.md"]

  /// The files, the nearest to the work last.
  package private(set) var files: [File] = []
  /// What a person should know: files that were passed over, and why.
  package private(set) var notices: [String] = []

  /// No instructions.
  package init() {}

  /// The instructions for work in a folder, which lies in that repository or in none.
  ///
  /// `mayRead` is asked for every file by its path, and again by that of a link's target; `mayFollow` whether the person has
  /// said that a file of another user's is to be followed.
  package init(
    workspace: FolderPath, repository: FolderPath?, files source: FileSource, links: LinkResolver,
    mayRead: (String) -> Bool = { _ in true }, mayFollow: (String) -> Bool = { _ in false }
  ) {
    let top = repository.flatMap { workspace.isWithin($0) ? $0 : nil } ?? workspace
    let border = links.resolve(top.description).flatMap { FolderPath($0) }
    var room = PromptLimits.instructionsMax
    var seen: Set<FolderPath> = []
    var texts: [String] = []
    for folder in workspace.upwards where folder.isWithin(top) {
      for name in Self.names.reversed() {
        let path = folder.appending(name)
        guard let target = links.resolve(path.description).flatMap({ FolderPath($0) }) else { continue }
        guard let border, target.isWithin(border) else {
          notices.append("\(path) is not read: it leads out of \(top)")
          continue
        }
        guard mayRead(path.description), mayRead(target.description) else {
          notices.append("\(path) is not read: a rule of the person's stands in the way")
          continue
        }
        // Whoever may write to a folder that others share would tell everybody who works below it what to do.
        let isForeign = [target, target.parent].contains { $0.map { source.isForeign($0.description) } ?? false }
        guard !isForeign || mayFollow(path.description) else {
          notices.append(
            "\(path) is not followed: it belongs to another user; --rule 'allow:read_file(/\(path))' has it followed")
          continue
        }
        // Often one name is a link to the other, or a copy of it.
        guard seen.insert(target).inserted, let bytes = contents(of: target, as: path, in: source) else { continue }
        guard let file = file(path, bytes, room: room), !texts.contains(file.text) else { continue }
        texts.append(file.text)
        room -= min(file.text.utf8.count, room)
        files.append(file)
      }
    }
    files.reverse()
    notices.reverse()
  }

  /// A file's bytes when they are a text that says something.
  private mutating func contents(of target: FolderPath, as path: FolderPath, in source: FileSource) -> [UInt8]? {
    do {
      guard let bytes = try source.read(target.description) else { return nil }
      guard !bytes.contains(0) else {
        notices.append("\(path) is not read: it is no text")
        return nil
      }
      return bytes.allSatisfy { $0 <= 0x20 } ? nil : bytes
    } catch {
      notices.append("\(path) is not read: \(error.message)")
      return nil
    }
  }

  /// A file as far as there is room; `nil` when there is none, which is said.
  private mutating func file(_ path: FolderPath, _ bytes: [UInt8], room: Int) -> File? {
    let most = min(PromptLimits.instructionsFileMax, room)
    guard bytes.count > most else {
      return File(path: path.description, text: String(decoding: bytes, as: UTF8.self))
    }
    let kept = Self.wholeLines(bytes, most: most)
    guard kept > 0 else {
      notices.append("\(path) is not read: the files nearer to the work fill all \(PromptLimits.instructionsMax) bytes")
      return nil
    }
    notices.append("\(path) is cut: \(kept) of its \(bytes.count) bytes are shown to the model")
    let end = "[cut here: \(kept) of \(bytes.count) bytes; read \(path) for the rest]"
    return File(path: path.description, text: String(decoding: bytes[..<kept], as: UTF8.self) + "\n" + end)
  }

  /// How many bytes to keep so that no line is cut, or at least no character when a line is longer than half of them.
  private static func wholeLines(_ bytes: [UInt8], most: Int) -> Int {
    if let last = bytes[..<most].lastIndex(of: Byte.newline), last >= most / 2 { return last }
    return UTF8Cut.before(most, in: bytes[...])
  }
}
