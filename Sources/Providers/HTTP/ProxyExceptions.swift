internal import Protocol

/// The hosts that are reached without a proxy, in all the forms in which people write `NO_PROXY`.
///
/// No two programs read it alike, and what one does not know sends a key to a proxy that was not meant to see it. So
/// whatever curl, Go, Python, Node and Windows take is taken here: `*`; names, which stand for their subdomains too, with
/// a dot or `*.` before them or not; a port behind any of them; addresses, networks (`10.0.0.0/8`, `fd00::/8`) and
/// `10.*`; `<local>` for names without a dot; separated by commas, semicolons or blanks.
struct ProxyExceptions: Sendable {
  private enum Host: Sendable {
    case every
    case plainName
    case name(String)
    case pattern([String])
    case network(NetworkAddress, bits: Int)
  }

  private let entries: [(host: Host, port: Int?)]

  /// What a text in that form says; what is none of it matches nothing.
  init(_ text: String) {
    let words = text.split { $0 == "," || $0 == ";" || $0.isWhitespace }
    entries = words.compactMap { Self.entry($0.lowercased()) }
  }

  /// Whether a host, as it stands in a URL, is reached without a proxy at that port.
  func contain(host: String, port: Int) -> Bool {
    var name = host.lowercased()
    if name.hasSuffix(".") { name.removeLast() }
    let address = NetworkAddress(host: name)
    return entries.contains { entry in
      (entry.port ?? port) == port && Self.matches(entry.host, name, address)
    }
  }

  private static func entry(_ word: String) -> (host: Host, port: Int?)? {
    var rest = word[...]
    // Some write whole addresses.
    if let scheme = rest.firstRange(of: "://") { rest = rest[scheme.upperBound...].prefix { $0 != "/" } }
    if rest == "*" { return (.every, nil) }
    if rest == "<local>" { return (.plainName, nil) }
    if let network = network(rest) { return (network, nil) }
    var port: Int?
    if let colon = rest.lastIndex(of: ":"), let number = Int(rest[rest.index(after: colon)...]) {
      port = number
      rest = rest[..<colon]
      if let network = network(rest) { return (network, port) }
      if rest == "*" { return (.every, port) }
    }
    if rest.hasPrefix("*.") { rest.removeFirst() }
    while rest.hasSuffix(".") { rest.removeLast() }
    while rest.hasPrefix(".") { rest.removeFirst() }
    guard !rest.isEmpty else { return nil }
    guard rest.contains("*") else { return (.name(String(rest)), port) }
    return (.pattern(rest.split(separator: "*", omittingEmptySubsequences: false).map(String.init)), port)
  }

  /// An address with or without the length of its network.
  private static func network(_ text: Substring) -> Host? {
    let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
    let bare = parts[0].contains(":") && !parts[0].hasPrefix("[") ? "[\(parts[0])]" : String(parts[0])
    guard let address = NetworkAddress(host: bare) else { return nil }
    guard parts.count == 2 else { return .network(address, bits: address.bits.count) }
    guard let bits = Int(parts[1]), 0...address.bits.count ~= bits else { return nil }
    return .network(address, bits: bits)
  }

  private static func matches(_ host: Host, _ name: String, _ address: NetworkAddress?) -> Bool {
    switch host {
    case .every: true
    case .plainName: address == nil && !name.contains(".")
    case .name(let suffix): name == suffix || address == nil && name.hasSuffix("." + suffix)
    case .pattern(let pieces): matches(pieces, name)
    case .network(let network, let bits):
      address.map { $0.bits.count == network.bits.count && $0.bits.prefix(bits) == network.bits.prefix(bits) } ?? false
    }
  }

  /// Whether a name begins with the first piece, ends with the last, and has the others between them in that order.
  private static func matches(_ pieces: [String], _ name: String) -> Bool {
    guard let first = pieces.first, let last = pieces.last, name.hasPrefix(first) else { return false }
    var rest = name.dropFirst(first.count)
    for piece in pieces.dropFirst().dropLast() where !piece.isEmpty {
      guard let found = rest.firstRange(of: piece) else { return false }
      rest = rest[found.upperBound...]
    }
    return rest.hasSuffix(last)
  }
}
