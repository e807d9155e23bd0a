internal import OperatingSystem
internal import Synchronization

/// The other names of files that have several (hard links), as far as rules can be about them.
///
/// A rule names one of them, and a call another. The folders that rules are about are looked through once, and only when a
/// file with several names comes along; what is beyond the limit is not found.
final class LinkedFiles: Sendable {
  private let found = Mutex<[FileStatus: [[[UInt8]]]]?>(nil)
  private let folders: [[[UInt8]]]
  private let files: FileLookup

  /// The files below these folders.
  init(below folders: [[[UInt8]]], files: FileLookup) {
    self.folders = folders
    self.files = files
  }

  /// The other names of the file at a path; none when it has no other, or nothing is there.
  func others(_ names: [[UInt8]]) -> [[[UInt8]]] {
    guard let status = files.shared(FileLookup.path(names)) else { return [] }
    return found.withLock { known in
      let all = known ?? lookedThrough()
      known = all
      return (all[status] ?? []).filter { $0 != names }
    }
  }

  private func lookedThrough() -> [FileStatus: [[[UInt8]]]] {
    var all: [FileStatus: [[[UInt8]]]] = [:]
    var left = PermissionLimits.linkedFilesMax
    for folder in folders {
      var open = [folder]
      while let names = open.popLast(), left > 0 {
        for entry in files.entries(FileLookup.path(names)) where left > 0 {
          left -= 1
          let place = names + [entry.name]
          switch entry.kind {
          case .folder:
            let isStore = names.last.map { $0.elementsEqual(".git".utf8) } ?? false
            if !isStore, place.count <= PermissionLimits.folderDepthMax { open.append(place) }
          case .file:
            guard let status = files.shared(FileLookup.path(place)) else { continue }
            all[status, default: []].append(place)
          case .link, .special: break
          }
        }
      }
    }
    return all
  }
}
