internal import CSystem

/// One name in a folder, as the file system has it: bytes, of which Unicode may think otherwise.
///
/// Swift takes "é" in its two spellings for equal, and a slash with an accent behind it for no slash. To a file system
/// both are different names, and a check that went by characters could be led past.
package struct FileName: Hashable, Sendable {
  /// The bytes; no slash and no zero among them.
  package let bytes: [UInt8]

  /// A name.
  package init(_ bytes: some Sequence<UInt8>) { self.bytes = Array(bytes) }

  /// A name that is known to be one.
  package init(_ text: StaticString) { bytes = Array("\(text)".utf8) }

  /// The name for people; bytes that are not UTF-8 show as replacement characters.
  package var text: String { String(decoding: bytes, as: UTF8.self) }

  /// The names that a path is made of; empty ones left out.
  package static func list(_ path: some Collection<UInt8>) -> [FileName] {
    path.split(separator: UInt8(ascii: "/")).map { FileName($0) }
  }

  /// The path from the root of the file system.
  package static func absolute(_ names: some Sequence<FileName>) -> [UInt8] {
    let path = names.flatMap { [UInt8(ascii: "/")] + $0.bytes }
    return path.isEmpty ? [UInt8(ascii: "/")] : path
  }

  /// The path from some folder.
  package static func relative(_ names: some Collection<FileName>) -> String {
    names.isEmpty ? "." : names.map(\.text).joined(separator: "/")
  }
}

extension FileName: Comparable {
  package static func < (one: FileName, other: FileName) -> Bool {
    // A folder may have a hundred thousand names to be sorted.
    let length = min(one.bytes.count, other.bytes.count)
    let order = unsafe one.bytes.withUnsafeBytes { first in
      unsafe other.bytes.withUnsafeBytes { second in
        guard let first = first.baseAddress, let second = second.baseAddress else { return Int32(0) }
        return unsafe memcmp(first, second, length)
      }
    }
    return order == 0 ? one.bytes.count < other.bytes.count : order < 0
  }
}
