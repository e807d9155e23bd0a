internal import OperatingSystem
internal import Protocol

/// What git's configuration says of ignoring (git-config(1)): files of the system, of the person and of the repository, the
/// later over the earlier.
struct GitSettings {
  /// `core.excludesFile`, as it is written; `nil` when nobody says.
  private(set) var excludesFile: [UInt8]?
  /// `core.ignoreCase`: whether names are the same whose cases differ.
  private(set) var ignoresCase = false
  /// How many bytes a hash has, `extensions.objectFormat`.
  private(set) var hashLength = 20

  private let variables: (String) -> String?
  /// How many files have been read.
  private var filesRead = 0

  /// The settings for a repository whose files are in that folder; `variables` are those of the environment.
  init(gitFolder: [UInt8], variables: @escaping (String) -> String?) {
    self.variables = variables
    for path in files(gitFolder) { take(path, gitFolder: gitFolder, depth: 0) }
    let count = min(variables("GIT_CONFIG_COUNT").flatMap { Int($0) } ?? 0, ToolLimits.gitVariablesMax)
    for number in 0..<max(0, count) {
      guard let key = variables("GIT_CONFIG_KEY_\(number)") else { continue }
      set(key.lowercased(), Array((variables("GIT_CONFIG_VALUE_\(number)") ?? "").utf8))
    }
  }

  private func files(_ gitFolder: [UInt8]) -> [[UInt8]] {
    var files: [[UInt8]] = []
    let flag = variables("GIT_CONFIG_NOSYSTEM") ?? ""
    if flag.isEmpty || flag == "0" || flag == "false" {
      files.append(Array((variables("GIT_CONFIG_SYSTEM") ?? "/etc/gitconfig").utf8))
    }
    if let global = variables("GIT_CONFIG_GLOBAL") {
      files.append(Array(global.utf8))
    } else {
      if let folder = personalFolder { files.append(folder + Array("/config".utf8)) }
      if let home = variables("HOME") { files.append(Array((home + "/.gitconfig").utf8)) }
    }
    return files + [gitFolder + Array("/config".utf8)]
  }

  /// Where the person's files of git are by XDG's rule; `nil` when there is no home.
  private var personalFolder: [UInt8]? {
    if let folder = variables("XDG_CONFIG_HOME"), !folder.isEmpty { return Array((folder + "/git").utf8) }
    return variables("HOME").map { Array(($0 + "/.config/git").utf8) }
  }

  /// The path of the person's own ignore file, for a work tree at that path.
  func excludesPath(root: [UInt8]) -> [UInt8]? {
    guard let excludesFile else { return personalFolder.map { $0 + Array("/ignore".utf8) } }
    return excludesFile.isEmpty ? nil : absolute(excludesFile, from: root)
  }

  /// A path as git understands those of its configuration.
  private func absolute(_ path: [UInt8], from folder: [UInt8]) -> [UInt8]? {
    if path.starts(with: "~/".utf8) { return variables("HOME").map { Array($0.utf8) + path.dropFirst() } }
    return path.first == UInt8(ascii: "/") ? path : folder + [UInt8(ascii: "/")] + path
  }

  private mutating func set(_ name: String, _ value: [UInt8]) {
    switch name {
    case "core.excludesfile": excludesFile = value
    case "core.ignorecase": ignoresCase = Self.isTrue(value)
    case "extensions.objectformat": hashLength = value.elementsEqual("sha256".utf8) ? 32 : 20
    default: break
    }
  }

  private static func isTrue(_ value: [UInt8]) -> Bool {
    ["true", "yes", "on", "1"].contains(String(decoding: value, as: UTF8.self).lowercased())
  }

  /// Takes what a file says, and what those say that it includes.
  private mutating func take(_ path: [UInt8], gitFolder: [UInt8], depth: Int) {
    guard depth <= ToolLimits.gitIncludesMax, filesRead < ToolLimits.gitFilesMax,
      let bytes = GitFile.read(path, max: ToolLimits.ignoreBytesMax)
    else {
      return
    }
    filesRead += 1
    let folder = Array(path[..<(path.lastIndex(of: UInt8(ascii: "/")) ?? 0)])
    var text = GitConfigText(bytes)
    while let (name, value) = text.next() {
      guard isIncluding(name, gitFolder), let other = absolute(value, from: folder) else {
        set(name, value)
        continue
      }
      take(other, gitFolder: gitFolder, depth: depth + 1)
    }
  }

  /// Whether a setting has another file be read, which may hold for some folders only.
  private func isIncluding(_ name: String, _ gitFolder: [UInt8]) -> Bool {
    if name == "include.path" { return true }
    let (start, end) = ("includeif.", ".path")
    guard name.hasPrefix(start), name.hasSuffix(end) else { return false }
    let condition = name.utf8.dropFirst(start.utf8.count).dropLast(end.utf8.count)
    for (mark, foldsCase) in [("gitdir:", false), ("gitdir/i:", true)] where condition.starts(with: mark.utf8) {
      var pattern = Array(condition.dropFirst(mark.utf8.count))
      if pattern.starts(with: "~/".utf8), let home = variables("HOME") {
        pattern = Array(home.utf8) + pattern.dropFirst()
      }
      if pattern.first != UInt8(ascii: "/") { pattern = Array("**/".utf8) + pattern }
      if pattern.last == UInt8(ascii: "/") { pattern += Array("**".utf8) }
      return GitPattern(pattern, isPath: true, foldsCase: foldsCase).matches(gitFolder, from: 0)
    }
    return false
  }
}

/// The settings in a file of git's configuration, one after the other.
private struct GitConfigText {
  private let bytes: [UInt8]
  private var place = 0
  private var section = ""

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
    if bytes.starts(with: Byte.byteOrderMark) { place = Byte.byteOrderMark.count }
  }

  private var peek: UInt8? { place < bytes.count ? bytes[place] : nil }

  /// The next setting: its name with the section's, all but a subsection in small letters, and its value.
  mutating func next() -> (String, [UInt8])? {
    while let byte = peek {
      switch byte {
      case UInt8(ascii: "#"), UInt8(ascii: ";"): skipLine()
      case Byte.openBracket:
        place += 1
        readSection()
      case let byte where Byte.isLetter(byte):
        let start = place
        while let byte = peek, Byte.isAlphanumeric(byte) || byte == UInt8(ascii: "-") { place += 1 }
        let name = section + "." + String(decoding: bytes[start..<place], as: UTF8.self).lowercased()
        while peek == UInt8(ascii: " ") || peek == UInt8(ascii: "\t") { place += 1 }
        guard peek == UInt8(ascii: "=") else { return (name, Array("true".utf8)) }
        place += 1
        return (name, readValue())
      default: place += 1
      }
    }
    return nil
  }

  private mutating func skipLine() { while let byte = peek, byte != Byte.newline { _ = byte; place += 1 } }

  private mutating func readSection() {
    var (name, sub): ([UInt8], [UInt8]) = ([], [])
    var isQuoted = false
    while let byte = peek, byte != Byte.newline, isQuoted || byte != UInt8(ascii: "]") {
      place += 1
      if byte == UInt8(ascii: "\"") {
        isQuoted.toggle()
      } else if isQuoted, byte == UInt8(ascii: "\\"), let escaped = peek {
        sub.append(escaped)
        place += 1
      } else if isQuoted {
        sub.append(byte)
      } else if byte != UInt8(ascii: " "), byte != UInt8(ascii: "\t") {
        name.append(Byte.lowercased(byte))
      }
    }
    place += 1
    section = String(decoding: name, as: UTF8.self)
    if !sub.isEmpty { section += "." + String(decoding: sub, as: UTF8.self) }
  }

  private mutating func readValue() -> [UInt8] {
    var value: [UInt8] = []
    // Blanks count only between other signs, or in quotes.
    var kept = 0
    var isQuoted = false
    while let byte = peek {
      place += 1
      switch byte {
      case Byte.newline: return Array(value[..<kept])
      case UInt8(ascii: "\""): isQuoted.toggle()
      case UInt8(ascii: "#") where !isQuoted, UInt8(ascii: ";") where !isQuoted: skipLine()
      case UInt8(ascii: "\\"):
        guard let escaped = peek else { break }
        place += 1
        if escaped == Byte.newline { break }
        if escaped == Byte.carriageReturn, peek == Byte.newline {
          place += 1
          break
        }
        let meanings: [UInt8: UInt8] = [UInt8(ascii: "n"): 0x0A, UInt8(ascii: "t"): 0x09, UInt8(ascii: "b"): 0x08]
        value.append(meanings[escaped] ?? escaped)
        kept = value.count
      default:
        let isBlank = byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") || byte == Byte.carriageReturn
        if isBlank, !isQuoted, value.isEmpty { break }
        value.append(byte)
        if !isBlank || isQuoted { kept = value.count }
      }
    }
    return Array(value[..<kept])
  }
}
