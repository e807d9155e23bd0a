internal import CSystem

/// A folder whose files are the user's own: made for nobody else to look into, and refused where it is another's.
///
/// It is opened by its path each time: what is mounted or made anew there is met again.
package struct OwnFolder: Sendable {
  /// Where it is, absolute.
  package let path: String
  private let names: [FileName]

  /// The folder at an absolute path; nothing is looked at yet.
  package init(_ path: String) {
    self.path = path
    names = FileName.list(path.utf8)
  }

  /// Why a folder or a file is not used as one's own.
  package enum Problem: Error, Hashable, Sendable {
    case system(SystemError)
    /// It is a symbolic link.
    case link
    /// It belongs to another user.
    case foreign
    /// It is something else than it should be.
    case otherKind
    /// It has more than one name, so that it may be another thing as well.
    case severalNames
    /// Somebody else has it.
    case taken

    static func of<Value>(_ work: () throws(SystemError) -> Value) throws(Problem) -> Value {
      do throws(SystemError) { return try work() } catch { throw error == .isLink ? .link : .system(error) }
    }

    /// What is wrong, for a person, behind the path.
    package var text: String {
      switch self {
      case .system(let error): error.text
      case .link: "it is a symbolic link; name what it leads to"
      case .foreign: "it belongs to another user"
      case .otherKind: "it is something else"
      case .severalNames: "it has more than one name (hard links)"
      case .taken: "another process has it"
      }
    }
  }

  /// Opens it; with `making` it is made where it is missing, with all above it, for nobody else to look into.
  package func open(making: Bool = false) throws(Problem) -> OpenFolder {
    guard let last = names.last, path.utf8.first == UInt8(ascii: "/"), !path.utf8.contains(0) else { throw .otherKind }
    let above = try Problem.of { () throws(SystemError) in try parent(making: making) }
    if making { try? above.makePrivateFolder(last) }
    let status = try Problem.of { () throws(SystemError) in try above.status(last) }
    guard status.kind != .link else { throw .link }
    guard status.kind == .folder else { throw .otherKind }
    guard status.owner == geteuid() else { throw .foreign }
    let folder = try Problem.of { () throws(SystemError) in try above.folder(last) }
    // Another one may stand in its place since.
    guard try Problem.of({ () throws(SystemError) in try folder.status(FileName(".")) }).isSameFile(as: status) else {
      throw .otherKind
    }
    return folder
  }

  /// The folder above, links on the way followed.
  private func parent(making: Bool) throws(SystemError) -> OpenFolder {
    let above = names.dropLast()
    do throws(SystemError) { return try OpenFolder(path: FileName.absolute(above)) } catch {
      guard making, error == .notThere else { throw error }
    }
    var place = try OpenFolder(path: FileName.absolute([]))
    for end in above.indices.map({ $0 + 1 }) {
      try? place.makePrivateFolder(above[end - 1])
      place = try OpenFolder(path: FileName.absolute(above[..<end]))
    }
    return place
  }
}

extension OpenFolder {
  /// Makes a folder that nobody else may look into.
  fileprivate func makePrivateFolder(_ name: FileName) throws(SystemError) {
    _ = try check(name) { unsafe csystem_make_private_folder(number, $0) }
  }
}
