internal import CSystem

/// Finding programs as a shell does.
package enum Executable {
  /// Where a system has its programs when `PATH` does not say.
  private static let usualPath = "/bin:/usr/bin"

  /// Whether there is a file at a path that can be run.
  package static func isThere(_ path: String) -> Bool { unsafe csystem_is_executable(path) }

  /// The file of a program: the name itself when it has a slash, else the first in the folders of `search`, or of this
  /// process's `PATH`, that can be run; `nil` for none.
  static func path(of name: String, in search: String? = nil) -> String? {
    guard !name.isEmpty else { return nil }
    guard !name.utf8.contains(UInt8(ascii: "/")) else { return name }
    let folders = (search ?? CurrentProcess.variables["PATH"] ?? usualPath).split(
      separator: ":", omittingEmptySubsequences: false)
    // An empty name stands for the folder at hand.
    return folders.lazy.map { $0.isEmpty ? "./\(name)" : "\($0)/\(name)" }.first(where: isThere)
  }
}

/// Strings as C takes a list of them, ended by NULL; valid as long as this object is.
@safe final class CStringList {
  let pointer: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>

  init(_ strings: [String]) {
    unsafe pointer = .allocate(capacity: strings.count + 1)
    for (place, string) in strings.enumerated() { unsafe (pointer + place).initialize(to: strdup(string)) }
    unsafe (pointer + strings.count).initialize(to: nil)
  }

  deinit {
    var place = 0
    while let string = unsafe pointer[place] {
      unsafe free(string)
      place += 1
    }
    unsafe pointer.deallocate()
  }
}
