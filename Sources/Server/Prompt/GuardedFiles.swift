internal import OperatingSystem
internal import Protocol
package import Providers

/// Files that are read because they lie in a place, or because another file names them: only where they may be read, shown
/// and followed.
package struct GuardedFiles: Sendable {
  /// Within which folder a file must lie.
  package struct Border: Sendable {
    /// As people know it.
    package var name: FolderPath
    /// Where links lead to.
    package var place: FolderPath
  }

  /// What stands at a path.
  package enum Finding: Sendable {
    /// Nothing.
    case absent
    /// Something that is not to be read; the reason, as what stands behind "is not read: ".
    case refused(String)
    /// Something of another user's, which nobody has said to follow.
    case foreign
    /// Something that may be read, and where links lead to it.
    case at(FolderPath)
  }

  /// What a file says.
  package enum Contents: Sendable {
    case nothing
    /// The reason, as what stands behind "is not read: ".
    case refused(String)
    /// Its text as UTF-8, and how it was written.
    case text([UInt8], TextEncoding)
  }

  /// Where they are read.
  let sources: InstructionSources

  /// The files of those sources.
  package init(_ sources: InstructionSources) { self.sources = sources }

  /// The border that a folder is; `nil` where there is none.
  package func border(_ top: FolderPath) -> Border? { target(of: top).map { Border(name: top, place: $0) } }

  /// Where links lead from a path; `nil` where there is nothing.
  package func target(of path: FolderPath) -> FolderPath? {
    sources.links.resolve(path.description).flatMap { FolderPath($0) }
  }

  /// Whether a file may be read; `isShown` where what it holds must be no secret, as nobody named it for this.
  package func look(at path: FolderPath, within border: Border, isShown: Bool) -> Finding {
    guard let target = target(of: path) else { return .absent }
    let (name, place) = (path.description, target.description)
    guard target.isWithin(border.place) else { return .refused("it leads out of \(border.name)") }
    guard sources.mayRead(name), sources.mayRead(place) else {
      return .refused("a rule of the person's stands in the way")
    }
    guard !isShown || sources.mayShow(name) && sources.mayShow(place) else {
      return .refused("it is where secrets are kept")
    }
    // Whoever may write to a folder that others share would tell everybody who works below it what to do.
    let isForeign = [target, target.parent].contains { $0.map { sources.files.isForeign($0.description) } ?? false }
    return isForeign && !sources.mayFollow(name) ? .foreign : .at(target)
  }

  /// What a person is told of a file of another user's.
  package static func notFollowed(_ path: String) -> String {
    "\(path) is not followed: it belongs to another user; --rule 'allow:read_file(/\(path))' has it followed"
  }

  /// A file's text.
  package func contents(of target: FolderPath) -> Contents {
    do {
      guard let bytes = try sources.files.read(target.description) else { return .nothing }
      guard let (text, encoding) = TextEncoding.decode(bytes) else { return .refused("it is no text") }
      return text.allSatisfy { $0 <= 0x20 } ? .nothing : .text(text, encoding)
    } catch {
      return .refused(error.message)
    }
  }

  /// How many bytes to keep of a longer text so that no line is cut, or at least no character when a line is longer than half
  /// of them.
  package static func wholeLines(_ bytes: [UInt8], most: Int) -> Int {
    if let last = bytes[..<most].lastIndex(of: Byte.newline), last >= most / 2 { return last }
    return UTF8Cut.before(most, in: bytes[...])
  }
}
