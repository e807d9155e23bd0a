internal import Foundation

/// A folder of its own for each test, gone with it.
package final class TemporaryFolder: Sendable {
  /// Where it is.
  package let path: String

  /// Makes it.
  package init() throws {
    path = FileManager.default.temporaryDirectory.appending(path: "wyn360-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// Puts a file there, executable if it is a program.
  @discardableResult package func write(_ name: String, _ text: String, mode: Int = 0o644) throws -> String {
    let path = path + "/" + name
    let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try Data(text.utf8).write(to: URL(fileURLWithPath: path))
    try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
    return path
  }

  /// A file's text; `nil` when there is none.
  package func text(_ name: String) -> String? {
    FileManager.default.contents(atPath: path + "/" + name).map { String(decoding: $0, as: UTF8.self) }
  }

  /// A file's permissions.
  package func mode(_ name: String) throws -> Int? {
    let attributes = try FileManager.default.attributesOfItem(atPath: path + "/" + name)
    return (attributes[.posixPermissions] as? NSNumber)?.intValue
  }

  /// What is in it, sorted.
  package var names: [String] { (try? FileManager.default.contentsOfDirectory(atPath: path).sorted()) ?? [] }
}
