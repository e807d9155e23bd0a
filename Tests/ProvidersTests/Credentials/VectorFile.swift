import Foundation
import OperatingSystem
import Protocol
import Providers
import Synchronization
import TestSupport

/// The SDKs' shared cases for credentials, which lie beside the repository.
enum VectorFile {
  static func isThere(_ name: String) -> Bool { SharedData.url("credentials/\(name)") != nil }

  /// The file's value; `null` where it is not there.
  static func value(_ name: String) -> JSON {
    guard let url = SharedData.url("credentials/\(name)"), let data = try? Data(contentsOf: url),
      let value = try? JSON.parse([UInt8](data))
    else { return .null }
    return value
  }
}

extension JSON {
  /// The members of an object of texts.
  var texts: [String: String] {
    var texts: [String: String] = [:]
    for (name, value) in object ?? JSONObject() { texts[name] = value.string }
    return texts
  }

  /// The members of an object.
  var membersByName: [String: JSON] {
    var members: [String: JSON] = [:]
    for (name, value) in object ?? JSONObject() { members[name] = value }
    return members
  }
}

/// Files in memory, and what was written to them.
final class MemoryFiles: Sendable {
  private let state: Mutex<(files: [String: String], written: [String])>

  init(_ files: [String: String] = [:]) { state = Mutex((files, [])) }

  subscript(path: String) -> String? {
    get { state.withLock { $0.files[path] } }
    set { state.withLock { $0.files[path] = newValue } }
  }

  /// The paths that were written to, in order.
  var written: [String] { state.withLock { $0.written } }

  var source: FileSource {
    FileSource(
      read: { path throws(FileFailure) in self[path].map { Array($0.utf8) } },
      replace: { path, bytes throws(FileFailure) in
        self.state.withLock { state in
          state.files[path] = String(decoding: bytes, as: UTF8.self)
          state.written.append(path)
        }
      })
  }
}
