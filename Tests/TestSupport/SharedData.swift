package import Foundation

/// The test vectors that lie beside the repository, in `../shared/data`.
package enum SharedData {
  /// The project's root: the folder with `Package.swift`.
  package static let projectRoot: URL = {
    var folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    while folder.path != "/", !FileManager.default.fileExists(atPath: folder.appending(path: "Package.swift").path) {
      folder.deleteLastPathComponent()
    }
    return folder
  }()

  /// The file or folder of that name; `nil` where the vectors are not, and tests that need them are to be skipped.
  package static func url(_ name: String) -> URL? {
    let found = projectRoot.deletingLastPathComponent().appending(path: "shared/data").appending(path: name)
    return FileManager.default.fileExists(atPath: found.path) ? found : nil
  }
}
