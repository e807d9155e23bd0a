internal import OperatingSystem
internal import Protocol

/// A path as models write it: what a shell or an editor would make of it is made of it here, or refused with a word on what
/// to write.
///
/// A path that begins with `~`, with a variable or with the name of a scheme is never meant for a file of that name in the
/// workspace, and a folder `~` there would be dangerous. One that is really called so is reached with `./` before it.
struct WrittenPath {
  /// The path itself.
  let text: String
  /// Whether it was written with `./`, so that every name in it is meant as it stands.
  let isPlain: Bool

  /// What a path means; `home` is the person's folder, `exists` says whether the workspace has something of a name.
  init(_ written: String, home: String?, exists: (Substring) -> Bool) throws(ToolError) {
    isPlain = written.hasPrefix("./")
    guard !isPlain, let first = written.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false).first
    else {
      text = written
      return
    }
    if let rest = Self.behindHome(written) {
      guard let home, home.hasPrefix("/") else {
        throw ToolError(.invalidInput, "'\(written)' begins with a home folder, and none is known here; \(Self.advice)")
      }
      text = home + (rest.isEmpty ? "" : "/" + rest)
    } else if let scheme = Self.scheme(written) {
      text = try Self.path(ofURI: written, scheme: scheme)
    } else if let other = Self.variable(first), !exists(first) {
      throw ToolError(.invalidInput, "'\(written)': \(other) is not expanded in paths; \(Self.advice)")
    } else {
      text = written
    }
  }

  private static let advice =
    "give a path from the workspace's folder or an absolute one, and put ./ before a name that "
    + "is really written so."

  /// The names by which the home folder goes, a slash or nothing behind them.
  private static let homes = ["~", "$HOME", "${HOME}", "%USERPROFILE%", "$env:USERPROFILE", "$USERPROFILE"]

  private static func behindHome(_ written: String) -> String? {
    for home in homes where written.utf8.starts(with: home.utf8) {
      let rest = written.dropFirst(home.count)
      if rest.isEmpty || rest.utf8.first == UInt8(ascii: "/") { return String(rest.dropFirst()) }
      if home.contains("U"), rest.first == "\\" { return String(rest.dropFirst().replacing("\\", with: "/")) }
    }
    return nil
  }

  /// The scheme that a path begins with, in small letters; a drive of Windows is one of a single letter.
  private static func scheme(_ written: String) -> String? {
    guard let colon = written.utf8.firstIndex(of: Byte.colon) else { return nil }
    let name = written[..<colon].lowercased()
    guard let first = name.utf8.first, Byte.isLetter(first),
      name.utf8.allSatisfy({ Byte.isAlphanumeric($0) || "+-.".utf8.contains($0) })
    else { return nil }
    let rest = written[written.index(after: colon)...]
    if name == "file" { return name }
    return rest.hasPrefix("//") || name.count == 1 && (rest.first == "\\" || rest.first == "/") ? name : nil
  }

  /// The path that a URI of a file names (RFC 8089).
  private static func path(ofURI written: String, scheme: String) throws(ToolError) -> String {
    guard scheme == "file" else {
      let hint = scheme.hasPrefix("http") ? "fetch_url reads pages; " : ""
      throw ToolError(.invalidInput, "'\(written)' is no path of this system; \(hint)\(advice)")
    }
    var rest = written.dropFirst("file:".count)
    if rest.hasPrefix("//") {
      rest = rest.dropFirst(2)
      let host = rest.prefix { $0 != "/" }
      guard host.isEmpty || host.lowercased() == "localhost" else {
        throw ToolError(.invalidInput, "'\(written)' is a file of the host '\(host)'; \(advice)")
      }
      rest = rest.dropFirst(host.count)
    }
    guard rest.hasPrefix("/"), let path = decoded(rest.prefix { $0 != "#" && $0 != "?" }) else {
      throw ToolError(.invalidInput, "'\(written)' is no URI of a file as file:///path is; \(advice)")
    }
    return path
  }

  /// A text without percent encoding; `nil` when it is none, or hides a slash or a zero.
  private static func decoded(_ text: Substring) -> String? {
    var bytes: [UInt8] = []
    var rest = text.utf8[...]
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "%") else {
        bytes.append(byte)
        continue
      }
      guard let high = rest.popFirst(), let low = rest.popFirst(), Byte.isHexDigit(high), Byte.isHexDigit(low),
        let value = UInt8(String(decoding: [high, low], as: UTF8.self), radix: 16), value != 0,
        value != UInt8(ascii: "/")
      else { return nil }
      bytes.append(value)
    }
    return String(validating: bytes, as: UTF8.self)
  }

  /// What of a name a shell would put something else for: another person's home, a variable in capitals.
  static func variable(_ name: Substring) -> String? {
    if homes.contains(String(name)) { return "'\(name)'" }
    let text = name.utf8
    switch text.first {
    case UInt8(ascii: "~"):
      let user = text.dropFirst()
      let isUser = user.first.map { Byte.isLetter($0) || $0 == UInt8(ascii: "_") } ?? false
      return isUser && user.allSatisfy(Byte.isName) || [[0x2B], [0x2D]].contains(Array(user)) ? "'\(name)'" : nil
    case UInt8(ascii: "$"):
      var variable = name.dropFirst()
      if variable.first == "{" {
        guard variable.last == "}" else { return nil }
        variable = variable.dropFirst().dropLast()
      }
      return isVariable(variable) ? "'\(name)'" : nil
    case UInt8(ascii: "%"):
      return name.count > 2 && name.last == "%" && isVariable(name.dropFirst().dropLast()) ? "'\(name)'" : nil
    default: return nil
    }
  }

  private static func isVariable(_ name: Substring) -> Bool {
    !name.isEmpty && name.utf8.allSatisfy { Byte.isWord($0) && !($0 >= 0x61 && $0 <= 0x7A) }
  }
}
