internal import OperatingSystem
internal import Protocol
internal import Providers

/// The name of a session's file: the session's own, with what a file system might misread written as `%2F` is.
enum StoredName {
  /// How all of them end.
  private static let ending = Array(".session.jsonl".utf8)

  /// The file of a session.
  static func file(of id: String) -> FileName {
    var name = PercentEncoding.encode(id.utf8)
    if name.count > StoreLimits.nameBytesMax {
      name = Array(name.prefix(StoreLimits.nameBytesKept)) + "~".utf8 + SHA256.hexadecimal(Array(id.utf8)).utf8
    }
    return FileName(name + ending)
  }

  /// Whether a file in the folder says that it is a session's.
  static func isOne(_ name: FileName) -> Bool {
    name.bytes.count > ending.count && name.bytes.suffix(ending.count) == ending[...]
  }
}
