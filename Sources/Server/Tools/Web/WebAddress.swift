internal import Protocol

/// An address of the web: as much of a URL as is needed to ask for it, and to say whom that would reach.
struct WebAddress: Hashable, Sendable {
  /// `http` or `https`.
  let scheme: String
  /// The host's name in lower case, or its numeric address; one of version 6 in brackets.
  let host: String
  /// The port, also where the scheme says it.
  let port: Int
  /// The path and the query.
  let path: String

  /// The address of that text; a fragment is left out, a user's name refused.
  init(_ text: String) throws(ToolError) {
    let url = text.prefix { $0 != "#" }
    guard let colon = url.firstIndex(of: ":"), url[colon...].hasPrefix("://") else {
      throw ToolError(.invalidInput, "'\(OneLine.of(text))' is no URL; it must begin with https:// or http://.")
    }
    scheme = url[..<colon].lowercased()
    guard scheme == "http" || scheme == "https" else {
      throw ToolError(.invalidInput, "Only http and https are fetched, not '\(OneLine.of(scheme))'.")
    }
    let rest = url[colon...].dropFirst(3)
    let authority = rest.prefix { !"/?\\".contains($0) }
    guard !authority.contains("@") else {
      throw ToolError(.invalidInput, "The URL names a user before its host; that is not sent to anybody.")
    }
    let isBracketed = authority.hasPrefix("[")
    let name = isBracketed ? authority.prefix { $0 != "]" } + "]" : authority.prefix { $0 != ":" }
    let behind = authority.dropFirst(name.count)
    guard behind.isEmpty || behind.hasPrefix(":"), let port = Self.port(behind.dropFirst(), scheme) else {
      throw ToolError(.invalidInput, "The URL's port is no number from 1 to 65535.")
    }
    guard !isBracketed || authority.contains("]"), Self.isHost(name, isBracketed: isBracketed) else {
      throw ToolError(.invalidInput, "The URL's host is written in a way that no name or address is.")
    }
    self.port = port
    // A dot at the end means the same name.
    host = (name.hasSuffix(".") ? name.dropLast() : name).lowercased()
    let path = rest.dropFirst(authority.count)
    self.path = Self.escaped(path.hasPrefix("/") ? String(path) : "/" + path)
  }

  /// The whole address.
  var text: String { "\(scheme)://\(place)\(path)" }

  /// The host, with its port where the scheme does not say it.
  var place: String { port == Self.usual[scheme] ? host : "\(host):\(port)" }

  /// The host without the brackets of a version 6 address.
  var name: String { host.hasPrefix("[") ? String(host.dropFirst().dropLast()) : host }

  /// Where a `Location` of this address leads.
  func following(_ location: String) throws(ToolError) -> WebAddress {
    if location.hasPrefix("//") { return try WebAddress("\(scheme):\(location)") }
    if location.hasPrefix("/") { return try WebAddress("\(scheme)://\(place)\(location)") }
    let start = location.prefix { !"/?#".contains($0) }
    if start.contains(":") { return try WebAddress(location) }
    let folder = location.hasPrefix("?") ? path.prefix { $0 != "?" } : folderOfPath
    return try WebAddress("\(scheme)://\(place)\(folder)\(location)")
  }

  private var folderOfPath: Substring {
    let path = path.prefix { $0 != "?" }
    return path[...(path.lastIndex(of: "/") ?? path.startIndex)]
  }

  private static let usual = ["http": 80, "https": 443]

  private static func port(_ text: Substring, _ scheme: String) -> Int? {
    if text.isEmpty { return usual[scheme] }
    guard text.utf8.allSatisfy(Byte.isDigit), text.utf8.count <= 5, let port = Int(text) else { return nil }
    return 1...65_535 ~= port ? port : nil
  }

  /// Names of letters, digits, `-`, `_` and dots, and addresses as they are usually written: an odd form such as `0x7f.1` is
  /// looked up like a name, and judged by what comes of it.
  private static func isHost(_ host: Substring, isBracketed: Bool) -> Bool {
    let inner = isBracketed ? host.dropFirst().dropLast() : host
    let isKnown = { (byte: UInt8) in
      isBracketed
        ? Byte.isHexDigit(byte) || byte == UInt8(ascii: ":") || byte == UInt8(ascii: ".")
        : Byte.isName(byte) || byte == UInt8(ascii: ".")
    }
    return !inner.isEmpty && inner.utf8.count <= ToolLimits.hostMax && inner.utf8.allSatisfy(isKnown)
  }

  /// What may not stand in a URL, percent-encoded; what is encoded already stays.
  private static func escaped(_ path: String) -> String {
    var bytes: [UInt8] = []
    for byte in path.utf8 {
      if (0x21...0x7E).contains(byte), !"\"<>\\^`{|}".utf8.contains(byte) {
        bytes.append(byte)
      } else {
        bytes += Array("%\(byte < 16 ? "0" : "")\(String(byte, radix: 16, uppercase: true))".utf8)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
