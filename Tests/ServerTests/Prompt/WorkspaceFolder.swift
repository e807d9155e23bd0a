import Foundation
import OperatingSystem
import Providers
import Server

/// A temporary folder with real files, gone with the test.
final class WorkspaceFolder: Sendable {
  let url: URL

  init() throws {
    let made = FileManager.default.temporaryDirectory.appending(path: "wyn360-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: made, withIntermediateDirectories: true)
    url = made.resolvingSymlinksInPath()
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  /// The path of the folder, or of something in it.
  func path(_ name: String = "") throws -> FolderPath {
    let path = FolderPath(name.isEmpty ? url.path : url.appending(path: name).path)
    guard let path else { throw CocoaError(.fileReadInvalidFileName) }
    return path
  }

  func write(_ name: String, _ text: String) throws { try write(name, Array(text.utf8)) }

  func write(_ name: String, _ bytes: [UInt8]) throws {
    let file = url.appending(path: name)
    try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(bytes).write(to: file)
  }

  func link(_ name: String, to target: String) throws {
    try FileManager.default.createSymbolicLink(atPath: url.appending(path: name).path, withDestinationPath: target)
  }

  /// Regular files only, as the program's own source reads them.
  static let files = FileSource(
    read: { path throws(FileFailure) in
      let type = try? FileManager.default.attributesOfItem(atPath: URL(filePath: path).resolvingSymlinksInPath().path)
      guard let kind = type?[.type] as? FileAttributeType else { return nil }
      guard kind == .typeRegular else { throw FileFailure("failed to read `\(path)`: it is no regular file") }
      return FileManager.default.contents(atPath: path).map(Array.init)
    }, replace: { _, _ in }, status: FileSource.system.status)
}
